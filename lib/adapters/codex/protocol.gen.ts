/** What CAR reads from a Codex app-server, version 0.169.0. Written by scripts/refresh_protocol.ts; do not edit. */

import * as z from "zod/mini";

const InitializeResponse = z.object({
  userAgent: z.string(),
  codexHome: z.string(),
});

const GetAccountResponse = z.object({
  account: z.nullish(z.unknown()),
  requiresOpenaiAuth: z.boolean(),
});

const Config = z.object({
  model_provider: z.nullish(z.string()),
});

const ConfigReadResponse = z.object({
  config: Config,
});

const Model = z.object({
  model: z.string(),
  hidden: z.boolean(),
});

const ModelListResponse = z.object({
  data: z.array(Model),
});

const CommandExecResponse = z.object({
  exitCode: z.number(),
  stdout: z.string(),
  stderr: z.string(),
});

const Thread = z.object({
  id: z.string(),
});

const ThreadStartResponse = z.object({
  thread: Thread,
});

const ThreadResumeResponse = z.object({
  thread: Thread,
});

const ThreadForkResponse = z.object({
  thread: Thread,
});

const ThreadUnsubscribeResponse = z.object({});

const ThreadBackgroundTerminalsCleanResponse = z.object({});

const PatchChangeKind = z.object({
  type: z.string(),
});

const FileUpdateChange = z.object({
  path: z.string(),
  kind: PatchChangeKind,
  diff: z.string(),
});

const ThreadItem = z.object({
  type: z.string(),
  id: z.string(),
  clientId: z.nullish(z.string()),
  text: z.nullish(z.string()),
  summary: z.nullish(z.array(z.string())),
  command: z.nullish(z.string()),
  status: z.nullish(z.string()),
  aggregatedOutput: z.nullish(z.string()),
  exitCode: z.nullish(z.number()),
  durationMs: z.nullish(z.number()),
  changes: z.nullish(z.array(FileUpdateChange)),
  server: z.nullish(z.string()),
  tool: z.nullish(z.string()),
  query: z.nullish(z.string()),
  path: z.nullish(z.string()),
});

const TurnError = z.object({
  message: z.string(),
  codexErrorInfo: z.nullish(z.unknown()),
  additionalDetails: z.nullish(z.string()),
});

const Turn = z.object({
  id: z.string(),
  status: z.string(),
  error: z.nullish(TurnError),
  items: z.array(ThreadItem),
});

const ThreadTurnsListResponse = z.object({
  data: z.array(Turn),
});

const TurnStartResponse = z.object({
  turn: Turn,
});

const TurnSteerResponse = z.object({});

const TurnInterruptResponse = z.object({});

const ErrorNotification = z.object({
  threadId: z.string(),
  turnId: z.string(),
  willRetry: z.boolean(),
  error: TurnError,
});

const WarningNotification = z.object({
  threadId: z.nullish(z.string()),
  message: z.string(),
});

const ConfigWarningNotification = z.object({
  summary: z.string(),
  details: z.nullish(z.string()),
});

const ThreadStatus = z.object({
  type: z.string(),
});

const ThreadStatusChangedNotification = z.object({
  threadId: z.string(),
  status: ThreadStatus,
});

const TokenUsageBreakdown = z.object({
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  outputTokens: z.number(),
  reasoningOutputTokens: z.number(),
});

const ThreadTokenUsage = z.object({
  total: TokenUsageBreakdown,
  last: TokenUsageBreakdown,
  modelContextWindow: z.nullish(z.number()),
});

const ThreadTokenUsageUpdatedNotification = z.object({
  threadId: z.string(),
  turnId: z.string(),
  tokenUsage: ThreadTokenUsage,
});

const TurnStartedNotification = z.object({
  threadId: z.string(),
  turn: Turn,
});

const TurnCompletedNotification = z.object({
  threadId: z.string(),
  turn: Turn,
});

const TurnPlanStep = z.object({
  step: z.string(),
  status: z.string(),
});

const TurnPlanUpdatedNotification = z.object({
  threadId: z.string(),
  turnId: z.string(),
  plan: z.array(TurnPlanStep),
});

const ItemStartedNotification = z.object({
  threadId: z.string(),
  turnId: z.string(),
  item: ThreadItem,
});

const ItemCompletedNotification = z.object({
  threadId: z.string(),
  turnId: z.string(),
  item: ThreadItem,
});

const AgentMessageDeltaNotification = z.object({
  threadId: z.string(),
  turnId: z.string(),
  itemId: z.string(),
  delta: z.string(),
});

const CommandExecutionOutputDeltaNotification = z.object({
  threadId: z.string(),
  turnId: z.string(),
  itemId: z.string(),
  delta: z.string(),
});

const RateLimitWindow = z.object({
  usedPercent: z.number(),
  windowDurationMins: z.nullish(z.number()),
  resetsAt: z.nullish(z.number()),
});

const RateLimitSnapshot = z.object({
  limitId: z.nullish(z.string()),
  primary: z.nullish(RateLimitWindow),
  secondary: z.nullish(RateLimitWindow),
});

const AccountRateLimitsUpdatedNotification = z.object({
  rateLimits: RateLimitSnapshot,
});

const CommandExecutionRequestApprovalParams = z.object({
  threadId: z.string(),
  turnId: z.string(),
  itemId: z.string(),
  command: z.nullish(z.string()),
  cwd: z.nullish(z.string()),
  reason: z.nullish(z.string()),
});

const FileChangeRequestApprovalParams = z.object({
  threadId: z.string(),
  turnId: z.string(),
  itemId: z.string(),
  reason: z.nullish(z.string()),
  grantRoot: z.nullish(z.string()),
});

const PermissionsRequestApprovalParams = z.object({
  threadId: z.string(),
  turnId: z.string(),
  itemId: z.string(),
  permissions: z.unknown(),
  reason: z.nullish(z.string()),
});

const ToolRequestUserInputOption = z.object({
  label: z.string(),
});

const ToolRequestUserInputQuestion = z.object({
  id: z.string(),
  question: z.string(),
  options: z.nullish(z.array(ToolRequestUserInputOption)),
});

const ToolRequestUserInputParams = z.object({
  threadId: z.string(),
  turnId: z.string(),
  itemId: z.string(),
  questions: z.array(ToolRequestUserInputQuestion),
});

export type ThreadItem = z.infer<typeof ThreadItem>;
export type Turn = z.infer<typeof Turn>;
export type TurnError = z.infer<typeof TurnError>;

/** What each request answers. */
export const RESULTS = {
  "initialize": InitializeResponse,
  "account/read": GetAccountResponse,
  "config/read": ConfigReadResponse,
  "model/list": ModelListResponse,
  "command/exec": CommandExecResponse,
  "thread/start": ThreadStartResponse,
  "thread/resume": ThreadResumeResponse,
  "thread/fork": ThreadForkResponse,
  "thread/unsubscribe": ThreadUnsubscribeResponse,
  "thread/turns/list": ThreadTurnsListResponse,
  "thread/backgroundTerminals/clean": ThreadBackgroundTerminalsCleanResponse,
  "turn/start": TurnStartResponse,
  "turn/steer": TurnSteerResponse,
  "turn/interrupt": TurnInterruptResponse,
} as const;

/** Every notification CAR reads. */
export const NOTIFICATIONS = {
  "error": ErrorNotification,
  "warning": WarningNotification,
  "configWarning": ConfigWarningNotification,
  "thread/status/changed": ThreadStatusChangedNotification,
  "thread/tokenUsage/updated": ThreadTokenUsageUpdatedNotification,
  "turn/started": TurnStartedNotification,
  "turn/completed": TurnCompletedNotification,
  "turn/plan/updated": TurnPlanUpdatedNotification,
  "item/started": ItemStartedNotification,
  "item/completed": ItemCompletedNotification,
  "item/agentMessage/delta": AgentMessageDeltaNotification,
  "item/commandExecution/outputDelta": CommandExecutionOutputDeltaNotification,
  "account/rateLimits/updated": AccountRateLimitsUpdatedNotification,
} as const;

/** Every question CAR understands. */
export const SERVER_REQUESTS = {
  "item/commandExecution/requestApproval": CommandExecutionRequestApprovalParams,
  "item/fileChange/requestApproval": FileChangeRequestApprovalParams,
  "item/permissions/requestApproval": PermissionsRequestApprovalParams,
  "item/tool/requestUserInput": ToolRequestUserInputParams,
} as const;

/** Every notification of this version. */
export const KNOWN_NOTIFICATIONS = [
  "error",
  "thread/started",
  "thread/status/changed",
  "thread/readState/changed",
  "thread/archived",
  "thread/deleted",
  "thread/unarchived",
  "thread/closed",
  "thread/reverted",
  "skills/changed",
  "thread/name/updated",
  "thread/section/changed",
  "thread/attachment/updated",
  "thread/goal/updated",
  "thread/prediction/updated",
  "thread/goal/cleared",
  "thread/queue/changed",
  "project/changed",
  "thread/project/updated",
  "thread/environment/connected",
  "thread/environment/disconnected",
  "thread/settings/updated",
  "thread/tokenUsage/updated",
  "turn/started",
  "hook/started",
  "turn/completed",
  "hook/completed",
  "turn/diff/updated",
  "turn/plan/updated",
  "item/started",
  "item/autoApprovalReview/started",
  "item/autoApprovalReview/completed",
  "autoApprovalReview/strictReviewRequired",
  "item/completed",
  "item/agentMessage/delta",
  "item/plan/delta",
  "command/exec/outputDelta",
  "process/outputDelta",
  "process/exited",
  "item/commandExecution/outputDelta",
  "item/commandExecution/terminalInteraction",
  "item/fileChange/outputDelta",
  "item/fileChange/patchUpdated",
  "serverRequest/resolved",
  "item/mcpToolCall/progress",
  "mcpServer/oauthLogin/completed",
  "mcpServer/startupStatus/updated",
  "mcpServer/event/stream/notification",
  "account/updated",
  "account/gatewayOAuth/changed",
  "account/rateLimits/updated",
  "app/list/updated",
  "remoteControl/status/changed",
  "externalAgentConfig/import/progress",
  "externalAgentConfig/import/completed",
  "fs/changed",
  "item/reasoning/summaryTextDelta",
  "item/reasoning/summaryPartAdded",
  "item/reasoning/textDelta",
  "thread/compacted",
  "model/rerouted",
  "model/verification",
  "modelProvider/authRecoveryStarted",
  "modelProvider/authRecoveryCompleted",
  "turn/moderationMetadata",
  "model/safetyBuffering/updated",
  "warning",
  "guardianWarning",
  "deprecationNotice",
  "configWarning",
  "fuzzyFileSearch/sessionUpdated",
  "fuzzyFileSearch/sessionCompleted",
  "thread/realtime/started",
  "thread/realtime/itemAdded",
  "thread/realtime/item/started",
  "thread/realtime/item/transcript/delta",
  "thread/realtime/item/completed",
  "thread/realtime/transcript/delta",
  "thread/realtime/transcript/done",
  "thread/realtime/outputAudio/delta",
  "thread/realtime/sdp",
  "thread/realtime/error",
  "thread/realtime/closed",
  "windows/worldWritableWarning",
  "windowsSandbox/setupCompleted",
  "account/login/completed",
] as const;
