//! Enough people for each to sign in once: a second sign-in in the same minute would take another path.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use secrecy::{ExposeSecret as _, SecretString};
use vestibule_auth::{Hasher, Password, PasswordHash, Profile};
use vestibule_domain::{
    Email, EndpointId, PermissionSet, PersonName, RoleName, TenantId, User, UserId, World,
};
use vestibule_local::Stack;
use vestibule_store::{SeedTenant, SeedUser};

/// The password of them all.
pub(crate) const PASSWORD: &str = "gravel ottoman fjord whistle";
/// People in a tenant: as many as fit into the transaction that makes it.
const TOGETHER: usize = 30;

/// Makes at least `count` people with [`PASSWORD`], each a member of one tenant; returns their addresses.
pub(crate) async fn seed(stack: &Stack, count: usize, world: &World) -> Result<Vec<String>> {
    let hash = hash(stack, world).await?;
    let mut addresses = Vec::new();
    while addresses.len() < count {
        let (seed, new) = tenant(stack, &hash, addresses.len(), world)?;
        stack.store().platform().create_tenant(&seed).await?;
        addresses.extend(new);
    }
    Ok(addresses)
}

fn tenant(
    stack: &Stack,
    hash: &PasswordHash,
    first: usize,
    world: &World,
) -> Result<(SeedTenant, Vec<String>)> {
    let mut tenant = stack.sample().tenant.clone();
    (tenant.id, tenant.endpoint) = (TenantId::new(world), Some(EndpointId::new(world)));
    (tenant.slug, tenant.domain) = (format!("tenant-{first}"), None);
    let (mut members, mut users, mut addresses) = (Vec::new(), Vec::new(), Vec::new());
    for number in first..first + TOGETHER {
        let address = format!("kim.{number}@example.org");
        let (id, email) = (UserId::new(world), Email::parse(&address)?);
        let mut user = User::new(id, email.clone(), PersonName::parse("Kim Example")?, world);
        user.last_tenant = Some(tenant.id);
        members.push((id, email, RoleName::parse("admin")?));
        users.push(SeedUser { user, password: Some(hash.clone()), session: None });
        addresses.push(address);
    }
    let roles = BTreeMap::from([("admin".to_owned(), PermissionSet::all())]);
    Ok((SeedTenant { tenant, provider: "docusign".into(), roles, members, users }, addresses))
}

/// The hash as the functions make it, so that no sign-in renews it.
async fn hash(stack: &Stack, world: &World) -> Result<PasswordHash> {
    let settings = stack.settings("auth").context("the template has no function auth")?;
    let profile = Profile::parse(settings.get("PASSWORD_PROFILE").context("the template sets no profile")?)?;
    let pepper = stack.cloud().secrets().value(&stack.sample().secret_names().pepper)?;
    let pepper = SecretString::from(pepper.context("the stack has no pepper")?);
    let pepper = ("1".to_owned(), pepper.expose_secret().as_bytes().to_vec().into());
    let hasher = Hasher::new(profile, Some(pepper), 1)?;
    Ok(hasher.hash(Password::parse(&PASSWORD.into())?, world.bytes()).await?)
}
