import { type Survey, Surveyor } from "../../src/queue/intake/survey.ts";

/** Surveys a folder at one go, however long it takes. */
export function surveyFolder(folder: string | Buffer): Survey {
  const survey = new Surveyor(folder).advance(Number.POSITIVE_INFINITY);
  if (survey === undefined) throw new Error("a survey without a time limit always ends");
  return survey;
}
