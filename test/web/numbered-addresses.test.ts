import { afterEach, beforeEach, expect, it } from "vitest";
import { ServedPage } from "./page-fixture.ts";

let page: ServedPage;

beforeEach(async () => {
  page = await ServedPage.start();
});
afterEach(async () => await page.close());

it("a job's number stands in every address where its name may", async () => {
  page.putEnded("sweep", { number: 12 });
  for (const number of ["12", "%2312"]) {
    expect((await page.get(`/jobs/${number}`)).text).toMatch(/<bdi>sweep<\/bdi>/);
    expect((await page.get(`/QM_dJobs/${number}/`)).status).toBe(200);
    expect((await page.get(`/raw/QM_dJobs/${number}/process.log`)).text).toContain("second");
    expect((await page.get(`/download/${number}`)).status).toBe(200);
    const answer = JSON.parse((await page.get(`/api/v1/jobs/${number}`)).text);
    expect(answer).toMatchObject({ name: "sweep", number: 12, attempts: [{ number: 12 }] });
    expect((await page.get(`/api/v1/jobs/${number}/log?lines=1`)).text).toContain("third");
  }
  expect((await page.get("/jobs/13")).status).toBe(404);
});

it("a name goes first, a number with # does not", async () => {
  page.putEnded("12", { number: 3 });
  page.putEnded("sweep", { number: 12 });
  const nameAt = async (address: string) => JSON.parse((await page.get(`/api/v1/jobs/${address}`)).text).name;
  expect(await nameAt("12")).toBe("12");
  expect(await nameAt("%2312")).toBe("sweep");
});

it("a number never leads to another job that has got the name since", async () => {
  page.putEnded("a", { number: 1, runId: "first" });
  page.putEnded("a", { number: 2, runId: "second" });
  expect((await page.get("/jobs/2")).status).toBe(200);
  expect((await page.get("/jobs/1")).status).toBe(404);
});

it("lists show numbers and are searched by them", async () => {
  page.putEnded("sweep", { number: 12 });
  page.putEnded("other", { number: 120 });
  for (const sought of ["12", "%2312"]) {
    const { jobs } = JSON.parse((await page.get(`/api/v1/jobs?q=${sought}`)).text);
    expect(jobs.map(({ name }: { name: string }) => name)).toEqual(["sweep"]);
    const { text } = await page.get(`/?q=${sought}`);
    expect(text).toContain("#12 · ");
    expect(text).not.toContain("#120");
  }
});
