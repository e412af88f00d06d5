import assert from "node:assert/strict";
import { addressesOf, doorsOf, isLoopback, refuseOpenBind } from "./doors.ts";

const SETTINGS = {
  host: "127.0.0.1",
  base_url: null,
  behind_tls_proxy: false,
  allowed_hosts: [],
  allowed_origins: [],
};

Deno.test("isLoopback() knows what only this machine reaches", () => {
  for (const it of ["127.0.0.1", "127.0.0.53", "localhost", "LocalHost", "::1", "[::1]"]) {
    assert.ok(isLoopback(it), it);
  }
  for (
    const it of [
      "0.0.0.0",
      "::",
      "192.168.1.2",
      "127.0.0.1.nip.io",
      "localhost.evil.com",
      "128.0.0.1",
      "",
      "1270.0.1",
    ]
  ) {
    assert.ok(!isLoopback(it), it);
  }
});

Deno.test("refuseOpenBind() lets only a proxy that encrypts open CAR to others", () => {
  refuseOpenBind(SETTINGS);
  refuseOpenBind({ ...SETTINGS, host: "0.0.0.0", behind_tls_proxy: true });
  for (const host of ["0.0.0.0", "::", "192.168.1.2", "box.lan"]) {
    assert.throws(() => refuseOpenBind({ ...SETTINGS, host }), /which other machines can reach/);
  }
});

Deno.test("addressesOf() listens on both families of loopback", () => {
  assert.deepEqual(addressesOf("127.0.0.1"), ["127.0.0.1", "::1"]);
  assert.deepEqual(addressesOf("localhost"), ["127.0.0.1", "::1"]);
  assert.deepEqual(addressesOf("::1"), ["::1"]);
  assert.deepEqual(addressesOf("0.0.0.0"), ["0.0.0.0"]);
});

Deno.test("doorsOf() names loopback, what is configured, and nothing else", () => {
  const plain = doorsOf(SETTINGS, 4173);
  assert.deepEqual([...plain.hosts], ["127.0.0.1:4173", "localhost:4173", "[::1]:4173"]);
  assert.deepEqual([...plain.origins], [
    "http://127.0.0.1:4173",
    "http://localhost:4173",
    "http://[::1]:4173",
  ]);
  const open = doorsOf({
    ...SETTINGS,
    host: "192.168.1.2",
    behind_tls_proxy: true,
    base_url: "https://Car.example.org/",
    allowed_hosts: ["Box.lan", "box.lan:99"],
    allowed_origins: ["https://Friend.example.org/"],
  }, 80);
  for (
    const it of [
      "localhost",
      "192.168.1.2:80",
      "box.lan",
      "box.lan:80",
      "box.lan:99",
      "car.example.org",
    ]
  ) {
    assert.ok(open.hosts.has(it), it);
  }
  assert.ok(open.origins.has("https://car.example.org"));
  assert.ok(open.origins.has("https://box.lan"));
  assert.ok(!open.origins.has("http://box.lan"));
  assert.deepEqual([...open.guests], ["https://friend.example.org"]);
});
