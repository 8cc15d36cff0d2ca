import { afterAll } from "vitest";
import type { Settings } from "../support/queue-folder.ts";
import { type Manager, TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

const open = new Set<TestQueue>();

// Those of tests that ran out of time.
afterAll(async () => {
  for (const queue of open) await queue.close();
});

/** Gives a test a queue of its own, so that it may run beside others, and removes it whatever becomes of the test. */
export async function withQueue<T>(settings: Settings, use: (queue: TestQueue) => Promise<T>): Promise<T> {
  const queue = new TestQueue(settings);
  open.add(queue);
  try {
    return await use(queue);
  } finally {
    await queue.close();
    open.delete(queue);
  }
}

/** Waits until a manager that was launched looks after the queue, longer than a busy machine may take. */
export async function takesOver(queue: TestQueue, manager: Manager): Promise<void> {
  const look = () => {
    if (manager.ended !== undefined) throw new Error(`the manager ended: ${queue.said}`);
    return queue.status()?.pid === manager.pid;
  };
  await until("the manager's start", look);
}
