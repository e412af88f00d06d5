import assert from "node:assert/strict";
import { mountOf, networkMount, parseMounts } from "./mounts.ts";

const MOUNTS = parseMounts([
  "/dev/sda1 / ext4 rw 0 0",
  "srv:/x /mnt nfs4 rw 0 0",
  "tmpfs /mnt/fast tmpfs rw 0 0",
  "srv:/y /a\\040b 9p rw 0 0",
  "odd",
  "",
].join("\n"));

Deno.test("mountOf() takes the mount that reaches deepest", () => {
  const rows = [
    ["/", "ext4"],
    ["/home/x", "ext4"],
    ["/mnt", "nfs4"],
    ["/mnt/repo", "nfs4"],
    ["/mnt/fast/repo", "tmpfs"],
    ["/mnt/faster", "nfs4"],
    ["/mnty", "ext4"],
    ["/a b/c", "9p"],
  ] as const;
  for (const [path, type] of rows) assert.equal(mountOf(path, MOUNTS)?.type, type, path);
});

Deno.test("mountOf() lets a later mount of the same folder cover the earlier", () => {
  const twice = [...MOUNTS, { folder: "/mnt", type: "ext4" }];
  assert.equal(mountOf("/mnt/x", twice)?.type, "ext4");
});

Deno.test("networkMount() says nothing about a path that is not there", () => {
  assert.equal(networkMount("/no/such/folder"), null);
});
