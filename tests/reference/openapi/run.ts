// Both generated clients at work: a hire is made with one, read with the other, and a wrong body is told at its fields.
import createClient from "openapi-fetch";
import type { paths } from "./api";
import { Configuration, HiresApi, ProfileApi, ResponseError, SignInApi } from "./client";

declare const process: { argv: string[]; exitCode?: number };
const [base, token] = process.argv.slice(2) as [string, string];
const headers = { Authorization: `Bearer ${token}` };
const fetching = createClient<paths>({ baseUrl: base, headers });
const configuration = new Configuration({ basePath: base, accessToken: token });
const [hires, profile] = [new HiresApi(configuration), new ProfileApi(configuration)];

function check(what: string, holds: boolean, detail?: unknown): void {
    console.log(`${holds ? "ok    " : "FAILS "} ${what}`, holds ? "" : detail);
    if (!holds) process.exitCode = 1;
}

async function main(): Promise<void> {
    const body = { givenName: "Kim", familyName: "Example", personalEmail: "kim@example.org" };
    const made = await hires.createHire({ createHire: body, idempotencyKey: "client-1" });
    check("openapi-generator makes a hire", made.id.startsWith("hire_"), made);
    const again = await hires.createHire({ createHire: body, idempotencyKey: "client-1" });
    check("a repeated request gives the same one", again.id === made.id, again);
    const read = await fetching.GET("/api/hires/{id}", { params: { path: { id: made.id } } });
    check("openapi-typescript reads it", read.data?.givenName === "Kim", read);
    const wrong = await fetching.POST("/api/hires", { body: { ...body, givenName: "" } });
    check("a wrong body is told at its field", wrong.error?.fields?.[0]?.field === "givenName", wrong.error);
    const page = await hires.listHires({ limit: 1 });
    check("a list has its next page", page.items.length === 1 && typeof page.next === "string", page);
    const me = await profile.getMe();
    check("the profile is read", me.email.includes("@"), me);
    const refused = await new SignInApi(configuration)
        .login({ login: { email: "nobody@example.org", password: "gravel ottoman fjord" } })
        .catch((error: unknown) => error);
    const status = refused instanceof ResponseError ? refused.response.status : refused;
    check("a refused sign-in is an error with its status", status === 401, status);
}

main().catch((error: unknown) => {
    check("the clients run", false, error);
});
