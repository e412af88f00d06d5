/** One thing that waits for a person, with all he needs to decide, and the answers there are. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask, post } from "./api.ts";
import { useFlag } from "./flag.ts";
import type { HubInboxItem } from "./inbox_types.ts";
import { nextInPage } from "./next_step.ts";
import { Ago, Until } from "./parts/ago.tsx";
import { Button, LinkButton } from "./parts/button.tsx";
import { Code } from "./parts/code.tsx";
import { Diff } from "./parts/diff.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Markdown } from "./parts/markdown.tsx";
import { Pill } from "./parts/mark.tsx";
import { Fold, Notice } from "./parts/small.tsx";
import { toast } from "./parts/toast.tsx";
import { LINKS, type Place, repoApi } from "./place.ts";
import { Problem } from "./problem.ts";
import { useResource } from "./resource.ts";
import { act } from "./run_actions.ts";

export interface InboxCardProps {
  readonly id: string;
  readonly place: Place;
  readonly item: HubInboxItem;
  readonly isChosen: boolean;
  readonly onAnswered: () => void;
}

const isParked = (item: HubInboxItem): boolean => item.pause?.reason === "parked";

export function InboxCard({ id, place, item, isChosen, onAnswered }: InboxCardProps) {
  const reason = item.pause?.reason;
  const state = isParked(item) ? "parked" : reason === "held" ? "held" : item.kind;
  return (
    <article id={id} class="panel padded inbox-card" data-chosen={isChosen} aria-label={item.title}>
      <header class="inbox-head">
        <Pill state={state} />
        {item.thread === undefined
          ? (
            <a class="soft" href={LINKS.repo(item.repo)}>
              <Foreign text={item.repo} />
            </a>
          )
          : <a class="soft" href={LINKS.chat(item.thread)}>chat</a>}
        {item.ticket === null ? null : (
          <span class="dim">
            <Foreign text={item.ticket} />
          </span>
        )}
        <span class="fill" />
        <span class="dim small">
          <Ago atMs={item.sinceMs} />
        </span>
        {item.expiresMs === null
          ? null
          : (
            <span class="small tone" data-tone={isParked(item) ? "parked" : "waiting"}>
              {isParked(item) ? "goes on in " : "denied in "}
              <Until atMs={item.expiresMs} />
            </span>
          )}
      </header>
      <h3>
        <Foreign text={item.title} />
      </h3>
      <Detail place={place} item={item} />
      <Answers place={place} item={item} onAnswered={onAnswered} />
    </article>
  );
}

function Detail({ place, item }: { place: Place; item: HubInboxItem }) {
  if (item.kind === "handoff") return <Markdown text={item.detail} />;
  if (item.kind === "approval") return <Code text={item.detail} lang="bash" />;
  if (item.kind === "question") return null;
  return (
    <>
      {item.detail === item.title ? null : (
        <p>
          <Foreign text={item.detail} />
        </p>
      )}
      {item.pause?.reason === "held" && item.pause.turn !== null
        ? <HeldChanges place={place} repo={item.repo} turn={item.pause.turn} />
        : null}
    </>
  );
}

interface TurnDiff {
  readonly diff: string;
  readonly cut: boolean;
  readonly missing: string | null;
}

function HeldChanges({ place, repo, turn }: { place: Place; repo: string; turn: string }) {
  const isOpen = useFlag();
  const path = `${repoApi(place, repo)}/turns/${encodeURIComponent(turn)}/diff`;
  const changes = useResource<TurnDiff>(isOpen.value ? path : null);
  const { value, problem } = changes.state.value;
  return (
    <div>
      <Button
        kind="quiet"
        icon={isOpen.value ? "down" : "right"}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        What the turn changed
      </Button>
      {!isOpen.value
        ? null
        : problem !== null
        ? <Notice tone="failed" title={problem.message} />
        : value === null
        ? <p class="dim">Looking</p>
        : value.missing === null
        ? <Diff text={value.diff} />
        : <p class="dim">{value.missing}</p>}
    </div>
  );
}

/**
 * Sends an answer once, keeps what went wrong in the card. What was answered stays shut until the
 * list has come anew: it is gone then, or waits for more.
 */
function useAnswer(item: HubInboxItem, onAnswered: () => void) {
  const busy = useFlag();
  const problem = useSignal<Problem | null>(null);
  useEffect(() => void (busy.value = false), [item]);
  const send = async (work: () => Promise<unknown>, said: string) => {
    busy.value = true;
    problem.value = null;
    try {
      await work();
      toast("done", said);
      onAnswered();
    } catch (thrown) {
      problem.value = Problem.of(thrown);
      busy.value = false;
    }
  };
  return { busy: busy.value, problem: problem.value, send };
}

type Sender = ReturnType<typeof useAnswer>;

function Answers(
  { place, item, onAnswered }: { place: Place; item: HubInboxItem; onAnswered: () => void },
) {
  const sender = useAnswer(item, onAnswered);
  return (
    <>
      <AnswerForm place={place} item={item} sender={sender} />
      {sender.problem === null
        ? null
        : <Notice tone="failed" title={sender.problem.message}>{sender.problem.hint}</Notice>}
    </>
  );
}

function AnswerForm({ place, item, sender }: { place: Place; item: HubInboxItem; sender: Sender }) {
  const api = repoApi(place, item.repo);
  const answer = (words: string) => () =>
    item.thread === undefined
      ? post(`${api}/inbox/${encodeURIComponent(item.id)}/answer`, { answer: words })
      : post(`/api/thread-inbox/${encodeURIComponent(item.id)}/answer`, { answer: words });
  switch (item.kind) {
    case "approval":
      return <ApprovalButtons sender={sender} answer={answer} />;
    case "question":
      return <QuestionForm item={item} sender={sender} answer={answer} />;
    case "handoff":
      return <ReplyForm api={api} item={item} sender={sender} />;
    case "pause":
      return <PauseButtons place={place} item={item} sender={sender} />;
  }
}

type AnswerWith = (words: string) => () => Promise<unknown>;

function ApprovalButtons({ sender, answer }: { sender: Sender; answer: AnswerWith }) {
  const { busy, send } = sender;
  return (
    <div class="button-row">
      <Button kind="primary" busy={busy} onClick={() => void send(answer("yes"), "Allowed")}>
        Allow
      </Button>
      <Button busy={busy} onClick={() => void send(answer("always"), "Allowed from now on")}>
        Always allow
      </Button>
      <Button kind="danger" busy={busy} onClick={() => void send(answer("no"), "Denied")}>
        Deny
      </Button>
    </div>
  );
}

function QuestionForm(
  { item, sender, answer }: { item: HubInboxItem; sender: Sender; answer: AnswerWith },
) {
  const { busy, send } = sender;
  const text = useSignal("");
  const questions = item.request?.type === "question" ? item.request.questions : [];
  const [only] = questions;
  const choices = questions.length === 1 ? only?.choices ?? [] : [];
  return (
    <form
      class="section"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.value.trim() !== "") void send(answer(text.value), "Answered");
      }}
    >
      {questions.length < 2 ? null : (
        <ol class="questions">
          {questions.map((it) => (
            <li key={it.id}>
              <Foreign text={it.text} />
            </li>
          ))}
        </ol>
      )}
      {choices.length === 0 ? null : (
        <div class="button-row">
          {choices.map((choice) => (
            <Button
              key={choice}
              busy={busy}
              onClick={() => void send(answer(choice), "Answered")}
            >
              <Foreign text={choice} />
            </Button>
          ))}
        </div>
      )}
      <TextAnswer label="Answer" text={text} busy={busy} verb="Answer" />
    </form>
  );
}

function TextAnswer(
  { label, text, busy, verb }: {
    label: string;
    text: { value: string };
    busy: boolean;
    verb: string;
  },
) {
  return (
    <>
      <textarea
        class="textarea"
        aria-label={label}
        placeholder={label}
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.currentTarget.form?.requestSubmit();
          }
        }}
      />
      <div class="button-row">
        <Button kind="primary" type="submit" busy={busy}>{verb}</Button>
        <span class="dim small">Ctrl Enter sends</span>
      </div>
    </>
  );
}

interface Replied {
  readonly resumed: boolean;
  readonly notResumed: string | null;
}

/** The reply goes to the agent, and the run goes on. */
function ReplyForm({ api, item, sender }: { api: string; item: HubInboxItem; sender: Sender }) {
  const text = useSignal("");
  const number = item.pause?.dispatch ?? null;
  const reply = async () => {
    const { value } = await ask<Replied>(`${api}/dispatches/${number}/reply`, {
      method: "POST",
      body: { text: text.value, resume: true },
    });
    if (value.notResumed !== null) {
      throw new Problem("conflict", `The reply is filed. ${value.notResumed}`);
    }
  };
  return (
    <form
      class="section"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.value.trim() !== "") void sender.send(reply, "Replied; the run goes on");
      }}
    >
      <TextAnswer label="Your reply" text={text} busy={sender.busy} verb="Reply and go on" />
    </form>
  );
}

function PauseButtons(
  { place, item, sender }: { place: Place; item: HubInboxItem; sender: Sender },
) {
  const { busy, send } = sender;
  const api = repoApi(place, item.repo);
  const decide = (answer: "accept" | "reject") => async () => {
    await post(`${api}/run/decide`, { answer });
    await act(place, item.repo, "resume");
  };
  if (item.pause?.reason === "held") {
    return (
      <>
        <div class="button-row">
          <Button busy={busy} icon="check" onClick={() => void send(decide("accept"), "Accepted")}>
            Accept it as done
          </Button>
          <Button busy={busy} icon="close" onClick={() => void send(decide("reject"), "Rejected")}>
            Send it back
          </Button>
        </div>
        <Fold summary={<span class="dim small">What happens then</span>}>
          <p class="small soft">
            Accepted, the ticket counts as done and the run goes on with the next. Sent back, the
            agent is told why and goes on with it.
          </p>
        </Fold>
      </>
    );
  }
  return (
    <div class="button-row">
      <Button
        busy={busy}
        icon="run"
        onClick={() => void send(() => act(place, item.repo, "resume"), "The run goes on")}
      >
        {isParked(item) ? "Try now" : "Go on"}
      </Button>
      <LinkButton kind="quiet" icon="repo" href={LINKS.repo(item.repo)}>Open the repo</LinkButton>
      <span class="dim small">
        <Foreign text={nextInPage(item.next)} />
      </span>
    </div>
  );
}
