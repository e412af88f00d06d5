/** Whether a path lies on a network file system, where locks and databases cannot be trusted. */

/** File systems shared between machines, by the name the kernel gives them. */
const NETWORK_TYPES: ReadonlySet<string> = new Set([
  "9p",
  "afs",
  "ceph",
  "cifs",
  "fuse.glusterfs",
  "fuse.rclone",
  "fuse.s3fs",
  "fuse.sshfs",
  "lustre",
  "ncpfs",
  "nfs",
  "nfs4",
  "smb3",
  "smbfs",
  "vboxsf",
]);

export interface Mount {
  readonly folder: string;
  /** The kernel's name of the file system, e.g. `nfs4`. */
  readonly type: string;
}

/** The mounts of a text in the format of /proc/mounts; a later one covers an earlier one. */
export function parseMounts(text: string): readonly Mount[] {
  return text.split("\n").flatMap((line) => {
    const [, folder, type] = line.split(" ");
    return folder === undefined || type === undefined ? [] : [{ folder: unescaped(folder), type }];
  });
}

/** Blanks, tabs, newlines and backslashes are written as three octal digits. */
const unescaped = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));

/** The mount an absolute path without links lies on. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | null {
  let best: Mount | null = null;
  for (const mount of mounts) {
    const inside = mount.folder === "/" || path === mount.folder ||
      path.startsWith(`${mount.folder}/`);
    if (inside && mount.folder.length >= (best?.folder.length ?? 0)) best = mount;
  }
  return best;
}

/** The network file system a path lies on; null when it lies on none, or that cannot be told. */
export function networkMount(path: string): Mount | null {
  try {
    const mounts = parseMounts(Deno.readTextFileSync("/proc/mounts"));
    const mount = mountOf(Deno.realPathSync(path), mounts);
    return mount !== null && NETWORK_TYPES.has(mount.type) ? mount : null;
  } catch {
    return null;
  }
}
