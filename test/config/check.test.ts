import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { scratchFolder } from "../support/scratch.ts";
import { folderWith, loaded, MACHINE } from "./config-fixture.ts";

const EVERY_KEY = `[QMServer]
QM_FOLDER = /srv/qm
MaxNbProcessors = 3
launch_type = blocking
job_file = run.cfg, run.xml
MailActive = yes
Debug = on
Settle_Time = 0.5
Unfinished_Names = *.uploading, tmp?_*
Poll_Interval = 5 s
Min_Free_Disk = 1.5 GiB
Kill_Grace = 30
On_Lost = requeue
Fair_Share = off
Reserve_After = 1 h 30 min
Worker = node-7
Local_Worker = False
Log_Format = json
Log_Max_Size = 2 MB
Log_Keep = 9
[Worker]
Name = node-8
Processors = 5
Max_Jobs = 2
Pools = night, Big
Labels = gpu, cuda = 12
Only_Named = yes
Health = test -e /data
Local_State = /var/qm
[WEB_QMserver]
Host = 0.0.0.0
The_Port = 8081
Allowed_Hosts = QM.lab.org, proxy
Licence_to_kill = True
Delete_Jobs = 1
Display_details = no
Refresh_Rate = 30
Debug = True
[JobEnvironment]
DATA = /data
[Mail]
Smtp = smtps://qm:s3cret@mail.lab.org:465
Smtp_Host = mail.lab.org
Smtp_Port = 465
Smtp_User = qm
Smtp_Secure = True
Smtp_Password_File = secret.txt
Smtp_Insecure = True
Smtp_Ca_File = ca.pem
Smtp_Helo = lab1.lab.org
From = Queue <qm@lab.org>
Page_Url = http://lab:8081/
Path_As = \\\\lab\\QM
Mail_On = fail, start
Mail_Admin = root@lab.org, ada@lab.org
Mail_Allowed_Domains = Lab.org, @uni.edu
Mail_Daily_Cap = 7
Mail_Give_Up = 12 hours
`;

describe("the configuration", () => {
  it("reads every key", () => {
    const cwd = folderWith(EVERY_KEY);
    expect(loaded(EVERY_KEY, cwd).config).toEqual({
      qmFolder: "/srv/qm",
      maxProcessors: 3,
      launchType: "blocking",
      jobFiles: ["run.cfg", "run.xml"],
      debug: true,
      settleSeconds: 0.5,
      unfinishedNames: ["*.uploading", "tmp?_*"],
      pollSeconds: 5,
      minFreeDiskBytes: 1.5 * 2 ** 30,
      killGraceSeconds: 30,
      onLost: "requeue",
      fairShare: false,
      localWorker: false,
      reserveAfterSeconds: 5400,
      workerName: "node-7",
      worker: {
        name: "node-8",
        processors: 5,
        maxJobs: 2,
        pools: ["night", "Big"],
        labels: ["gpu", "cuda=12"],
        onlyNamed: true,
        health: "test -e /data",
        localState: "/var/qm",
      },
      log: { format: "json", maxBytes: 2_000_000, keep: 9 },
      jobEnvironment: { DATA: "/data" },
      web: {
        host: "0.0.0.0",
        port: 8081,
        allowedHosts: ["qm.lab.org", "proxy"],
        licenceToKill: true,
        deleteJobs: true,
        displayDetails: false,
        refreshSeconds: 30,
        debug: true,
      },
      mail: {
        active: true,
        smtpUrl: "smtps://qm:s3cret@mail.lab.org:465",
        smtpHost: "mail.lab.org",
        smtpPort: 465,
        smtpUser: "qm",
        smtpSecure: true,
        smtpPasswordFile: path.join(cwd, "secret.txt"),
        smtpInsecure: true,
        smtpCaFile: path.join(cwd, "ca.pem"),
        smtpHelo: "lab1.lab.org",
        from: "Queue <qm@lab.org>",
        pageUrl: "http://lab:8081",
        pathAs: "\\\\lab\\QM",
        on: ["fail", "start"],
        admins: ["root@lab.org", "ada@lab.org"],
        allowedDomains: ["lab.org", "uni.edu"],
        dailyCap: 7,
        giveUpSeconds: 43_200,
      },
    });
  });

  it("has the name and the processors of [QMServer] where [Worker] has none of its own", () => {
    const { worker } = loaded(
      "[QMServer]\nWorker = node-7\nMaxNbProcessors = 3\n[worker]\nMax_Jobs = 9\n",
    ).config;
    expect(worker).toMatchObject({ name: "node-7", processors: 3, maxJobs: 9 });
  });

  it("has a default for every key when there is no file", () => {
    const cwd = scratchFolder();
    const result = loadConfig({ ...MACHINE, cwd });
    expect(result).toMatchObject({
      kind: "ok",
      value: {
        warnings: [],
        config: {
          qmFolder: path.join(cwd, "QM"),
          maxProcessors: 4,
          launchType: "non-blocking",
          jobFiles: ["proc_config.cfg", "infos.xml", "job.json", "job.sh"],
          debug: false,
          settleSeconds: 2,
          unfinishedNames: [],
          pollSeconds: 2,
          minFreeDiskBytes: 200_000_000,
          killGraceSeconds: 10,
          onLost: "keep",
          fairShare: true,
          workerName: "lab-pc.local",
          worker: {
            name: "lab-pc.local",
            processors: 4,
            maxJobs: undefined,
            pools: [],
            labels: [],
            onlyNamed: false,
            health: undefined,
            localState: undefined,
          },
          log: { format: "text", maxBytes: 10_000_000, keep: 5 },
          jobEnvironment: {},
          web: {
            host: "localhost",
            port: 8000,
            allowedHosts: [],
            licenceToKill: false,
            deleteJobs: false,
            displayDetails: true,
          },
          mail: {
            active: false,
            smtpUrl: undefined,
            on: ["end"],
            admins: [],
            dailyCap: 200,
            giveUpSeconds: 259_200,
          },
        },
      },
    });
    expect(result.kind === "ok" && "file" in result.value).toBe(false);
  });
});
