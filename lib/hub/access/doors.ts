/** Where CAR listens and by which names it may be called, from the settings. Pure. */

import { CarError } from "../../base/errors.ts";
import type { Doors } from "./admission.ts";

/** The part of the section `server` that decides who gets to the door. */
export interface DoorSettings {
  readonly host: string;
  readonly base_url: string | null;
  readonly behind_tls_proxy: boolean;
  readonly allowed_hosts: readonly string[];
  readonly allowed_origins: readonly string[];
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i;

/** Whether only this machine can reach an address. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** The addresses to listen on for `server.host`: both loopback addresses for any of them. */
export function addressesOf(host: string): readonly string[] {
  return isLoopback(host) && host !== "::1" ? [bare(host), "::1"] : [bare(host)];
}

const bare = (host: string): string =>
  host.toLowerCase() === "localhost" ? "127.0.0.1" : host.replace(/^\[|\]$/g, "");

/**
 * What comes over a network unencrypted gives the token, and with it a shell, to whoever listens in.
 * @throws {CarError} `invalid` for an address others can reach, unless something in front does TLS.
 */
export function refuseOpenBind({ host, behind_tls_proxy }: DoorSettings): void {
  if (isLoopback(host) || behind_tls_proxy) return;
  throw new CarError(
    "invalid",
    `server.host is ${host}, which other machines can reach. CAR's token, and with it a shell on ` +
      "this machine, would cross the network unencrypted.",
    {
      hint:
        "Leave server.host at 127.0.0.1 and reach it through `ssh -L`, or put a proxy that does TLS " +
        "in front and say so: server.behind_tls_proxy: true, and its name in server.allowed_hosts.",
    },
  );
}

/** @param port The one it really listens on. */
export function doorsOf(settings: DoorSettings, port: number): Doors {
  const { host, base_url, behind_tls_proxy, allowed_hosts, allowed_origins } = settings;
  const own = new Set(["127.0.0.1", "localhost", "[::1]"].map((it) => `${it}:${port}`));
  if (!isLoopback(host) && !isWildcard(host)) own.add(`${bracketed(host)}:${port}`);
  if (port === 80) { for (const it of ["127.0.0.1", "localhost", "[::1]"]) own.add(it); }
  const outside = base_url === null ? null : new URL(base_url);
  const named = allowed_hosts.flatMap((it) => hasPort(it) ? [it] : [it, `${it}:${port}`])
    .map((it) => it.toLowerCase());
  const scheme = behind_tls_proxy ? "https" : "http";
  return {
    hosts: new Set([...own, ...named, ...(outside === null ? [] : [outside.host])]),
    origins: new Set([
      ...[...own].map((it) => `http://${it}`),
      ...named.map((it) => `${scheme}://${it}`),
      ...(outside === null ? [] : [outside.origin]),
    ]),
    guests: new Set(allowed_origins.map((it) => it.toLowerCase().replace(/\/$/, ""))),
  };
}

const isWildcard = (host: string): boolean => host === "0.0.0.0" || host === "::";
const bracketed = (host: string): string => host.includes(":") ? `[${bare(host)}]` : host;
const hasPort = (host: string): boolean => /:\d+$/.test(host);
