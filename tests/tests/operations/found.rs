//! Whatever is done, refused, or begins or ends a session is found in the log, whichever operation it was.

use std::collections::BTreeSet;

use vestibule_tests::{
    Actor,
    auditing::{all_of, times},
    operations::{Prepared, ROLES, Scene},
};

use super::expected::{Row, Whose, rows};

/// Operations that do something and leave no record, each for its reason.
const WITHOUT_RECORD: [(&str, &str); 9] = [
    ("POST /api/v1/auth/register", "nothing exists before the address is proved; that is recorded"),
    ("POST /auth/register", "nothing exists before the address is proved; that is recorded"),
    (
        "POST /api/v1/auth/magic-link",
        "anybody can ask, with any address; the sign-in by the link is recorded",
    ),
    ("POST /auth/sign-in-link", "anybody can ask, with any address; the sign-in by the link is recorded"),
    ("POST /api/v1/auth/forgot-password", "anybody can ask, with any address; the new password is recorded"),
    ("POST /auth/forgot-password", "anybody can ask, with any address; the new password is recorded"),
    ("POST /api/v1/auth/refresh", "a session goes on; its beginning and its end are recorded"),
    ("POST /api/mailboxes/connection/check", "it only looks, and changes nothing"),
    ("POST /api/v1/auth/invitations/look", "it only shows; the token must not stand in an address"),
];
/// A tenant that nobody has.
const NOBODYS: &str = "ten_00000000000000000000000000";

struct Log {
    scene: Scene,
    /// Reads the log of the organization.
    admin: Actor,
    nowhere: Actor,
    wrong: Vec<String>,
}

impl Log {
    /// What a reader of the organization's log finds.
    async fn told(&self) -> BTreeSet<String> {
        let all = all_of(&self.admin, "limit=100").await;
        all.iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
    }

    /// What lies in the logs of persons, of addresses and of other organizations.
    async fn others(&self) -> BTreeSet<String> {
        let all = self.scene.app.records().await.into_iter();
        let by_system =
            |row: &vestibule_tests::Row| row["actor"].as_s().is_ok_and(|actor| actor.starts_with("system:"));
        let of_people = all.filter(|(pk, row)| !pk.starts_with("PLATFORM#") || !by_system(row));
        of_people.map(|(pk, row)| format!("{pk} {}", row["SK"].as_s().unwrap())).collect()
    }

    /// How many refusals a reader of the organization's log finds, and how many all logs hold.
    async fn refusals(&self) -> (u64, u64) {
        let told = times(&all_of(&self.admin, "limit=100&action=access.refuse").await);
        let all = self.scene.app.records().await.into_iter();
        let counts =
            all.filter(|(_, row)| row["action"].as_s().is_ok_and(|action| action == "access.refuse"));
        (told, counts.map(|(_, row)| row["count"].as_n().unwrap().parse::<u64>().unwrap()).sum())
    }

    /// Has an operation refused by everybody who may not, and looks for the records: those of members where a reader of the
    /// organization's log finds them.
    async fn refuse(&mut self, row: &Row, prepared: &Prepared) {
        let before = self.refusals().await;
        let (mut told, mut all) = (0, 1);
        if let Whose::Roles(may) = &row.whose {
            let not = ROLES.iter().zip(may).filter(|(_, may)| !**may).map(|(role, _)| *role);
            for role in not {
                self.send_refused(row, prepared.request(&self.scene.member(role), &prepared.path)).await;
                told += 1;
            }
            self.send_refused(row, prepared.request(&self.nowhere, &prepared.path)).await;
            // Whoever names another tenant than their own is told in their own.
            (told, all) = (told + 1, told + 2);
        }
        if let Whose::Platform(_) = &row.whose {
            for role in ROLES {
                self.send_refused(row, prepared.request(&self.scene.member(role), &prepared.path)).await;
                all += 1;
            }
        }
        let mismatch = prepared.request(&prepared.actor, &prepared.path).header("x-tenant-id", NOBODYS);
        self.send_refused(row, mismatch).await;
        let after = self.refusals().await;
        let found = (after.0 - before.0, after.1 - before.1);
        if found != (told, all) {
            let what = format!("{found:?} refusals are found in place of {:?}", (told, all));
            self.wrong.push(format!("{}: {what}", row.operation));
        }
    }

    async fn send_refused(&mut self, row: &Row, request: reqwest::RequestBuilder) {
        let answer = self.admin.send(request).await;
        if answer.status != 403 {
            self.wrong.push(format!("{}: {} in place of 403: {}", row.operation, answer.status, answer.text));
        }
    }

    /// Carries an operation out, and looks for its record.
    async fn carry_out(&mut self, row: &Row, prepared: &Prepared) {
        let (told, others) = (self.told().await, self.others().await);
        let answer = prepared.send().await;
        let found =
            self.told().await.difference(&told).count() + self.others().await.difference(&others).count();
        let except = WITHOUT_RECORD.iter().any(|(operation, _)| *operation == row.operation);
        if answer.status != row.status || (found == 0) != except {
            let told = format!("{} {}", answer.status, answer.text.chars().take(200).collect::<String>());
            self.wrong.push(format!("{}: {found} records are found: {told}", row.operation));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_refusal_sign_in_and_sign_out_is_found() {
    let (mut operations, mut wrong) = (0, Vec::new());
    for some in rows().chunks(24) {
        let scene = Scene::start().await;
        let (admin, (nowhere, ..)) = (scene.admin(), scene.person().await);
        let mut log = Log { scene, admin, nowhere, wrong: Vec::new() };
        for row in some {
            let prepared = log.scene.prepare(row.operation).await.unwrap();
            if row.whose != Whose::All {
                log.refuse(row, &prepared).await;
            }
            let changes = !row.operation.starts_with("GET ") || row.audit > 0;
            if changes {
                log.carry_out(row, &prepared).await;
            }
            operations += usize::from(changes || row.whose != Whose::All);
        }
        wrong.append(&mut log.wrong);
    }
    println!("{operations} operations: each change, refusal, sign-in and sign-out is found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
