/** What CAR asks of a Codex app-server, version 0.169.0. Written by scripts/refresh_protocol.ts; do not edit. */

export const PROTOCOL_VERSION = "0.169.0";

export interface InitializeParams {
  readonly clientInfo: ClientInfo;
  readonly capabilities?: InitializeCapabilities | null;
}

export interface ClientInfo {
  readonly name: string;
  readonly title?: string | null;
  readonly version: string;
}

export interface InitializeCapabilities {
  readonly experimentalApi?: boolean;
}

export interface GetAccountParams {
  readonly refreshToken?: boolean;
}

export interface ConfigReadParams {
  readonly cwd?: string | null;
  readonly includeLayers?: boolean;
}

export interface ModelListParams {
  readonly includeHidden?: boolean | null;
  readonly limit?: number | null;
}

export interface SandboxPolicy {
  readonly type: "dangerFullAccess" | "readOnly" | "externalSandbox" | "workspaceWrite";
}

export interface UserInput {
  readonly type: "text" | "image" | "localImage" | "audio" | "localAudio" | "skill" | "mention";
  readonly text?: string;
}

export interface CommandExecParams {
  readonly command: readonly (string)[];
  readonly cwd?: string | null;
  readonly sandboxPolicy?: SandboxPolicy | null;
  readonly timeoutMs?: number | null;
}

export interface ThreadStartParams {
  readonly cwd?: string | null;
  readonly model?: string | null;
  readonly approvalPolicy?: "untrusted" | "on-request" | "never" | {
    readonly granular: {
      readonly mcp_elicitations: boolean;
      readonly request_permissions?: boolean;
      readonly rules: boolean;
      readonly sandbox_approval: boolean;
      readonly skill_approval?: boolean;
    };
  } | null;
  readonly sandbox?: "read-only" | "workspace-write" | "danger-full-access" | null;
  readonly config?: Readonly<Record<string, unknown>> | null;
  readonly developerInstructions?: string | null;
}

export interface ThreadResumeParams {
  readonly threadId: string;
  readonly excludeTurns?: boolean;
  readonly cwd?: string | null;
  readonly model?: string | null;
  readonly approvalPolicy?: "untrusted" | "on-request" | "never" | {
    readonly granular: {
      readonly mcp_elicitations: boolean;
      readonly request_permissions?: boolean;
      readonly rules: boolean;
      readonly sandbox_approval: boolean;
      readonly skill_approval?: boolean;
    };
  } | null;
  readonly sandbox?: "read-only" | "workspace-write" | "danger-full-access" | null;
  readonly config?: Readonly<Record<string, unknown>> | null;
  readonly developerInstructions?: string | null;
}

export interface ThreadForkParams {
  readonly threadId: string;
}

export interface ThreadUnsubscribeParams {
  readonly threadId: string;
}

export interface ThreadTurnsListParams {
  readonly threadId: string;
  readonly limit?: number | null;
  readonly itemsView?: "notLoaded" | "summary" | "full" | null;
}

export interface ThreadBackgroundTerminalsCleanParams {
  readonly threadId: string;
}

export interface TurnStartParams {
  readonly threadId: string;
  readonly input: readonly (UserInput)[];
  readonly clientUserMessageId?: string | null;
  readonly effort?: string | null;
}

export interface TurnSteerParams {
  readonly threadId: string;
  readonly expectedTurnId: string;
  readonly input: readonly (UserInput)[];
}

export interface TurnInterruptParams {
  readonly threadId: string;
  readonly turnId: string;
}

/** Every request CAR makes, with what it sends. */
export interface Calls {
  readonly "initialize": InitializeParams;
  readonly "account/read": GetAccountParams;
  readonly "config/read": ConfigReadParams;
  readonly "model/list": ModelListParams;
  readonly "command/exec": CommandExecParams;
  readonly "thread/start": ThreadStartParams;
  readonly "thread/resume": ThreadResumeParams;
  readonly "thread/fork": ThreadForkParams;
  readonly "thread/unsubscribe": ThreadUnsubscribeParams;
  readonly "thread/turns/list": ThreadTurnsListParams;
  readonly "thread/backgroundTerminals/clean": ThreadBackgroundTerminalsCleanParams;
  readonly "turn/start": TurnStartParams;
  readonly "turn/steer": TurnSteerParams;
  readonly "turn/interrupt": TurnInterruptParams;
}
