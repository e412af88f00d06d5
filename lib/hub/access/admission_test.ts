import assert from "node:assert/strict";
import { admit, type Approach } from "./admission.ts";
import { doorsOf } from "./doors.ts";

const PORT = 4173;
const DOORS = doorsOf({
  host: "127.0.0.1",
  base_url: "https://car.example.org",
  behind_tls_proxy: true,
  allowed_hosts: ["box.lan"],
  allowed_origins: ["https://friend.example.org"],
}, PORT);

const approach = (changes: Partial<Approach>): Approach => ({
  method: "GET",
  host: "127.0.0.1:4173",
  urlHost: changes.host ?? "127.0.0.1:4173",
  origin: null,
  fetchSite: null,
  fetchMode: null,
  isUpgrade: false,
  contentType: null,
  hasBody: false,
  isSocket: false,
  ...changes,
});

const statusOf = (changes: Partial<Approach>): number => {
  const admission = admit(approach(changes), DOORS);
  return admission.ok ? 200 : admission.status;
};

Deno.test("admit() lets in by exact host and exact origin alone: every pair", () => {
  const hosts: readonly (readonly [string, number])[] = [
    ["127.0.0.1:4173", 200],
    ["localhost:4173", 200],
    ["[::1]:4173", 200],
    ["LOCALHOST:4173", 200],
    ["car.example.org", 200],
    ["box.lan", 200],
    ["evil.example.org", 421],
    ["127.0.0.1", 421],
    ["127.0.0.1:4174", 421],
    ["0.0.0.0:4173", 421],
    ["localhost.:4173", 421],
    ["127.0.0.1.nip.io:4173", 421],
    ["evil.example.org@127.0.0.1:4173", 400],
    ["127.0.0.1:4173, evil.example.org", 400],
    ["", 400],
  ];
  const origins: readonly (readonly [string | null, number])[] = [
    [null, 200],
    ["http://127.0.0.1:4173", 200],
    ["http://localhost:4173", 200],
    ["http://[::1]:4173", 200],
    ["https://car.example.org", 200],
    ["https://box.lan", 200],
    ["https://friend.example.org", 200],
    ["https://127.0.0.1:4173", 403],
    ["http://127.0.0.1:3000", 403],
    ["http://127.0.0.1", 403],
    ["https://car.example.org.evil.com", 403],
    ["https://evilcar.example.org", 403],
    ["https://car.example.org:8443", 403],
    ["http://car.example.org", 403],
    ["http://box.lan", 403],
    ["null", 403],
    ["", 403],
  ];
  for (const [host, hostStatus] of hosts) {
    for (const [origin, originStatus] of origins) {
      for (const method of ["GET", "POST", "PUT", "DELETE", "OPTIONS"]) {
        for (const isUpgrade of [false, true]) {
          const wanted = hostStatus === 200 ? originStatus : hostStatus;
          const found = statusOf({ host, origin, method, isUpgrade });
          assert.equal(found, wanted, `${method} ${host} from ${origin}, upgrade ${isUpgrade}`);
        }
      }
    }
  }
});

Deno.test("admit() looks at the host of the address as well as at the header", () => {
  assert.equal(statusOf({ urlHost: "evil.example.org" }), 421);
  assert.equal(statusOf({ host: "evil.example.org", urlHost: "127.0.0.1:4173" }), 421);
  assert.equal(statusOf({ host: null, urlHost: "127.0.0.1:4173" }), 400);
});

Deno.test("admit() asks a unix socket for no host, and for an origin all the same", () => {
  assert.equal(statusOf({ isSocket: true, host: null, urlHost: "anything" }), 200);
  assert.equal(statusOf({ isSocket: true, origin: "https://evil.example.org" }), 403);
});

Deno.test("admit() lets a page of another site link here, and do nothing else", () => {
  const table: readonly (readonly [Partial<Approach>, number])[] = [
    [{ fetchSite: "same-origin", fetchMode: "cors" }, 200],
    [{ fetchSite: "none", fetchMode: "navigate" }, 200],
    [{ fetchSite: "cross-site", fetchMode: "navigate" }, 200],
    [{ fetchSite: "same-site", fetchMode: "navigate" }, 200],
    [{ fetchSite: "cross-site", fetchMode: "no-cors" }, 403],
    [{ fetchSite: "same-site", fetchMode: "no-cors" }, 403],
    [{ fetchSite: "cross-site", fetchMode: "websocket", isUpgrade: true }, 403],
    [{ fetchSite: "cross-site", fetchMode: "navigate", isUpgrade: true }, 403],
    [{ fetchSite: "cross-site", fetchMode: "navigate", method: "POST" }, 403],
    [{ fetchSite: "same-site", fetchMode: "cors", method: "DELETE" }, 403],
    [{ fetchSite: "whatever", fetchMode: null }, 403],
    [{ fetchSite: "cross-site", fetchMode: "cors", origin: "https://friend.example.org" }, 200],
    [{
      fetchSite: "same-origin",
      fetchMode: "cors",
      origin: "http://127.0.0.1:4173",
      method: "POST",
    }, 200],
  ];
  for (const [changes, wanted] of table) {
    assert.equal(statusOf(changes), wanted, JSON.stringify(changes));
  }
});

Deno.test("admit() takes no body that a page may send without being asked", () => {
  const table: readonly (readonly [string | null, number])[] = [
    ["application/json", 200],
    ["Application/JSON; charset=utf-8", 200],
    ["multipart/form-data; boundary=x", 200],
    ["audio/webm", 200],
    ["text/plain", 415],
    ["text/plain;charset=UTF-8", 415],
    ["application/x-www-form-urlencoded", 415],
    ["", 415],
    [null, 415],
  ];
  for (const [contentType, wanted] of table) {
    assert.equal(
      statusOf({ method: "POST", hasBody: true, contentType }),
      wanted,
      `${contentType}`,
    );
    assert.equal(statusOf({ method: "POST", hasBody: false, contentType }), 200);
  }
});
