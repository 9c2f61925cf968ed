// What a program writes with the generated types: compiles only if the document tells what the API takes and gives.
import createClient from "openapi-fetch";
import type { components, paths } from "./api";

type Schemas = components["schemas"];
const api = createClient<paths>({ baseUrl: "http://127.0.0.1" });

// `satisfies`, because the client takes fields that the document does not have.
export async function signIn(email: string, password: string, code: string): Promise<string> {
    const body = { email, password } satisfies Schemas["Login"];
    const { data, error } = await api.POST("/api/v1/auth/login", { body });
    if (error) throw new Error(`${error.status} ${error.code}: ${error.detail}`);
    if (!("secondFactor" in data)) return data.accessToken ?? "";
    // Absent in the answer to a repeated request.
    const { ticket } = data.secondFactor;
    if (!ticket) throw new Error("asked before: sign in with a new key");
    const answer = { ticket, code } satisfies Schemas["SecondFactor"];
    const second = await api.POST("/api/v1/auth/second-factor", { body: answer });
    return second.data && "accessToken" in second.data ? (second.data.accessToken ?? "") : "";
}

export async function allHires(token: string): Promise<Schemas["HireView"][]> {
    const found: Schemas["HireView"][] = [];
    const headers = { Authorization: `Bearer ${token}` };
    let cursor: string | undefined;
    do {
        const { data } = await api.GET("/api/hires", { headers, params: { query: { limit: 100, cursor } } });
        for (const item of data?.items ?? []) if (!("damaged" in item)) found.push(item);
        cursor = data?.next ?? undefined;
    } while (cursor);
    return found;
}

export async function hire(key: string, personalEmail: string): Promise<string> {
    const params = { header: { "Idempotency-Key": key } };
    const body = { givenName: "Kim", familyName: "Example", personalEmail } satisfies Schemas["CreateHire"];
    const { data, error } = await api.POST("/api/hires", { params, body });
    if (error) throw new Error(error.fields?.map((field) => field.detail).join(" ") ?? error.detail);
    return data.id;
}

export const bodies = [
    { email: "", name: "", password: "" } satisfies Schemas["Register"],
    { token: "", receipt: "" } satisfies Schemas["AskedToken"],
    { token: "", password: "" } satisfies Schemas["ResetPassword"],
    { currentPassword: "", newPassword: "" } satisfies Schemas["ChangePassword"],
    { refreshToken: "", sessions: "all" } satisfies Schemas["Logout"],
];
