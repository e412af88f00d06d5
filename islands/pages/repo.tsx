/** A repo: its queue on one side, its run on the other. */

import { useEffect } from "preact/hooks";
import type { RepoStatus } from "../../lib/hub/status.ts";
import { ActiveRun } from "../active_run.tsx";
import { useFlag } from "../flag.ts";
import { NewTicket } from "../new_ticket.tsx";
import { pageEntries } from "../palette.tsx";
import { Button } from "../parts/button.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Empty, Meter, Notice, Section, Skeleton } from "../parts/small.tsx";
import { LINKS, type PageProps, repoApi } from "../place.ts";
import { QueueList } from "../queue_list.tsx";
import { RepoFrame } from "../repo_frame.tsx";
import { useResource } from "../resource.ts";
import { useSoon } from "../soon.ts";
import { rowOf } from "../store.ts";
import type { TicketList } from "../ticket_types.ts";

export default function Repo({ place }: PageProps) {
  const api = repoApi(place);
  const list = useResource<TicketList>(`${api}/tickets`);
  const status = useResource<RepoStatus>(`${api}/state`);
  const adding = useFlag();
  const refresh = useSoon(() => {
    list.refresh();
    status.refresh();
  });
  const tickets = list.state.value.value;
  const now = status.state.value.value;
  useEffect(() => {
    pageEntries.value = [
      { icon: "plus", label: "New ticket", where: "command", go: () => (adding.value = true) },
    ];
  }, []);
  const setupTrouble = rowOf(place.repo)?.setupTrouble ?? null;
  const problem = list.state.value.problem ?? status.state.value.problem;
  return (
    <RepoFrame place={place} tab="queue">
      {problem === null
        ? null
        : <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>}
      {setupTrouble === null
        ? null
        : (
          <Notice tone="failed" title="This worktree is not ready to be worked in">
            <Foreign text={setupTrouble} />
          </Notice>
        )}
      <div class="repo-columns">
        {tickets === null ? (problem === null ? <Skeleton lines={8} /> : null) : (
          <QueueSection
            place={place}
            list={tickets}
            workingOn={now?.ticket?.id ?? null}
            isWorked={now?.status === "running" || now?.status === "stopping"}
            onAdd={() => (adding.value = true)}
            onChanged={list.refresh}
          />
        )}
        {now === null
          ? (problem === null ? <Skeleton lines={5} /> : null)
          : <ActiveRun place={place} status={now} onChanged={refresh} />}
      </div>
      {tickets === null ? null : (
        <NewTicket
          place={place}
          list={tickets}
          open={adding.value}
          onClose={() => (adding.value = false)}
          onMade={refresh}
        />
      )}
    </RepoFrame>
  );
}

function QueueSection(
  { place, list, workingOn, isWorked, onAdd, onChanged }: PageProps & {
    list: TicketList;
    workingOn: string | null;
    isWorked: boolean;
    onAdd: () => void;
    onChanged: () => void;
  },
) {
  const { tickets, problems } = list;
  const done = tickets.filter((it) => it.done).length;
  const isFiles = list.kind === "tickets";
  return (
    <Section
      title="Queue"
      aside={tickets.length === 0 ? undefined : (
        <span class="tickets-done">
          <Meter value={done} total={tickets.length} label={`${done} of ${tickets.length} done`} />
          {done} of {tickets.length} done
        </span>
      )}
      actions={isFiles ? <Button icon="plus" onClick={onAdd}>New ticket</Button> : undefined}
    >
      {problems.length === 0 ? null : (
        <Notice
          tone="failed"
          title={`The linter has ${problems.length} to say; a run stops at it`}
        >
          <ul>
            {problems.slice(0, 6).map((it) => (
              <li key={`${it.file} ${it.line} ${it.code}`}>
                <a href={LINKS.ticket(place.repo ?? "", it.file)}>
                  <Foreign text={`${it.file}:${it.line}`} />
                </a>{" "}
                <Foreign text={it.message} />
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {tickets.length === 0 && problems.length > 0 ? null : tickets.length === 0
        ? (
          <Empty
            title="No tickets yet"
            actions={<Button kind="primary" icon="plus" onClick={onAdd}>Write the first</Button>}
          >
            A ticket is one piece of work: a title, what is to be done, and a check that shows it.
            The run takes them in order.
          </Empty>
        )
        : (
          <QueueList
            place={place}
            tickets={tickets}
            workingOn={workingOn}
            isWorked={isWorked}
            canMove={isFiles}
            onChanged={onChanged}
          />
        )}
    </Section>
  );
}
