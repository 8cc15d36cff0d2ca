import type { QueueScan } from "../folders/queue-scan.ts";
import type { Context } from "./context.ts";
import { Watchers } from "./watcher.ts";

/**
 * Has what happens in the folders wake the daemon, where it is news to it. Nothing of what happens in the root folder names a
 * job; it is also moved by whoever wants a look at all of them. Most of what happens in the others is the daemon's own doing.
 * @param explains whether what lies in `QM_Jobs` under a name is what the last pass knew
 */
export function watchQueue(
  { layout, queue, log, wake }: Context,
  explains: (name: string) => boolean,
): Watchers {
  const onRootChange = () => {
    queue.lookAtAllSoon();
    wake();
  };
  const onQueueChange = (name?: string) => {
    if (isNews(queue, name)) wake();
  };
  const onRunningChange = (name?: string) => {
    if (name === undefined || !explains(name)) wake();
  };
  const jobFolders = [
    { folder: layout.queue, onChange: onQueueChange },
    { folder: layout.running, onChange: onRunningChange },
  ];
  return new Watchers({ root: layout.root, onRootChange, jobFolders }, log);
}

// What cannot be looked at just now is met by the next pass, which tells of it; an event must not end the daemon.
function isNews(queue: QueueScan, name: string | undefined): boolean {
  try {
    if (name !== undefined) return queue.noteChange(name);
  } catch {
    // Then it may be any name.
  }
  queue.noteAnyChange();
  return true;
}
