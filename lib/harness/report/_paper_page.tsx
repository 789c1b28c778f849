/** @jsxImportSource preact */
import type { Figure, Table } from "../../figures/mod.ts";
import type { RenderedArtefact } from "../results/mod.ts";
import { type Experiment, isReduced, isTimed, openControls } from "../paper/mod.ts";
import { coresText, duration } from "../run/mod.ts";
import { Claims, Counts, flagsOf } from "./_claims.tsx";
import { glanceAt } from "./glance.ts";
import { Html, page } from "./_layout.tsx";
import { AgainstThePaper, missesOf } from "./_misses.tsx";
import { DataTable } from "./_table.tsx";
import type { ReportedPaper } from "./types.ts";

interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What a paper's page needs besides the paper. */
export interface PaperPageOptions {
  /** The way from the page to the paper's folder, and to its notebook; `null` if the report has it not. */
  readonly code: string | null;
  readonly notebook: string | null;
  /** The way to the file of an experiment. */
  readonly codeOf: (experiment: Experiment) => string | null;
  /** The page with one's own results if this one has the committed ones, and the other way round. */
  readonly other: ReportedPaper | undefined;
  /** Width and height of each figure's picture, by id, and whether it holds images. */
  readonly pictures: ReadonlyMap<string, PictureSize & { readonly images: boolean }>;
}

/** The page of a paper: claims, figures, tables, deviations, run record. */
export function paperPage(reported: ReportedPaper, options: PaperPageOptions): string {
  const { paper, results, notes, own } = reported;
  const { code, notebook, other } = options;
  return page({
    title: `${paper.title} – refigure`,
    description: `Figures, tables and claims of arXiv ${paper.id}, recomputed.`,
    root: "../",
    body: (
      <>
        <p class="crumbs">
          <a href="../index.html">All papers</a> › {paper.id}
        </p>
        <h1>{paper.title}</h1>
        <p class="byline">{paper.authors}, {paper.venue}</p>
        <ul class="links">
          <li>
            <a href={`https://arxiv.org/abs/${paper.id}`}>arXiv {paper.id}</a>
          </li>
          {code !== null && (
            <li>
              <a href={code}>Code of this reproduction</a>
            </li>
          )}
          {notebook !== null && (
            <li>
              <a href={notebook}>Notebook</a>
            </li>
          )}
        </ul>
        {own && (
          <p class="warning">
            Your own run of the {results!.golden.plan.profile} profile.{" "}
            <a href={`${paper.id}.html`}>The committed results</a>
          </p>
        )}
        {!own && other && (
          <p class="note">
            <a href={`${other.page}.html`}>
              Your own run of the {other.results!.golden.plan.profile} profile
            </a>
          </p>
        )}
        {results === null
          ? <p>There are no committed results yet.</p>
          : <Body reported={reported} options={options} />}
        <section id="deviations">
          <h2>Profiles, deviations, notes</h2>
          <Html class="notes" html={notes} />
        </section>
      </>
    ),
  });
}

function Body(
  { reported, options }: { readonly reported: ReportedPaper; readonly options: PaperPageOptions },
) {
  const { paper, results } = reported;
  const { golden, evaluation } = results!;
  const { machine } = golden.provenance;
  const glance = glanceAt(paper, { golden, evaluation });
  const claims = evaluation.claims.map((claim) => ({
    ...claim,
    timed: isTimed(paper, golden.plan, claim.claim),
    reduced: isReduced(claim.claim, claim.beyond?.plan ?? golden.plan),
    controls: openControls(claim, evaluation.claims),
  })).map((claim) => ({ ...claim, flags: flagsOf(claim) }));
  const figures = evaluation.artefacts.filter(({ artefact }) => artefact.kind === "figure");
  const tables = evaluation.artefacts.filter(({ artefact }) => artefact.kind === "table");
  const { standIns } = evaluation.results;
  return (
    <>
      <Counts claims={claims.map(({ verdict: { status }, flags }) => ({ status, flags }))} />
      <dl class="facts glance">
        {([["Outcome", glance.outcome], ["Scale", glance.scale], ["Data", glance.data], [
          "Paper",
          glance.paper,
        ]] as const)
          .map(([name, text]) => (
            <>
              <dt key={name}>{name}</dt>
              <dd>{text}</dd>
            </>
          ))}
      </dl>
      {standIns.length > 0 && (
        <p class="warning">Partly on stand-in data, not the published sets: {standIns.join(", ")}.</p>
      )}
      <nav class="page" aria-label="On this page">
        <ul class="contents">
          <li>
            <a href="#claims">Claims</a>
          </li>
          {[...figures, ...tables].map(({ artefact: { id, location, title } }) => (
            <li key={id}>
              <a href={`#${id}`}>{location}: {title}</a>
            </li>
          ))}
          {missesOf(evaluation).length > 0 && (
            <li>
              <a href="#against-the-paper">Paper against ours</a>
            </li>
          )}
          <li>
            <a href="#deviations">Deviations</a>
          </li>
          <li>
            <a href="#run">Run record</a>
          </li>
        </ul>
      </nav>
      <section id="claims">
        <h2>Claims</h2>
        <Claims claims={claims} machine={`${machine.cpu}, ${coresText(machine)}`} />
      </section>
      <section>
        <h2>Figures</h2>
        {figures.map((made) => (
          <Artefact key={made.artefact.id} made={made} reported={reported} options={options} />
        ))}
      </section>
      <section>
        <h2>Tables</h2>
        {tables.map((made) => (
          <Artefact key={made.artefact.id} made={made} reported={reported} options={options} />
        ))}
      </section>
      <AgainstThePaper evaluation={evaluation} />
      <RunRecord reported={reported} />
    </>
  );
}

function Artefact(
  { made, reported: { paper, results, page }, options: { codeOf, pictures } }: {
    readonly made: RenderedArtefact;
    readonly reported: ReportedPaper;
    readonly options: PaperPageOptions;
  },
) {
  const { artefact: { id, location, title, caption, jobs }, stamped, error, seeds, digests, standIns } = made;
  const plan = made.beyond ?? results!.golden.plan;
  const kind = stamped?.kind ?? made.artefact.kind;
  const experiments = [...new Set(jobs(plan).map(({ experiment }) => experiment))]
    .map((name) => paper.experiments.find((experiment) => experiment.id === name)!);
  const endings = kind === "figure" ? ["svg", "vl.json"] : ["csv"];
  return (
    <article class="artefact" id={id}>
      <h3>
        <a href={`#${id}`}>{location}</a>: {title}
      </h3>
      <p>{caption}</p>
      {stamped === undefined
        ? <p class="warning">Could not be made: {error}</p>
        : kind === "table"
        ? <DataTable table={stamped as Table} label={title} />
        : <Picture id={id} folder={page} figure={stamped as Figure} picture={pictures.get(id)} />}
      <dl class="facts">
        <dt>Rerun</dt>
        <dd>
          <code class="command">
            deno task reproduce {paper.id} --profile {plan.profile} --only "{id}"
            {plan.seeds === undefined ? "" : ` --seeds ${plan.seeds}`}
          </code>
        </dd>
        {experiments.length > 0 && (
          <>
            <dt>Code</dt>
            <dd class="list">
              {experiments.map((experiment) => (
                <a key={experiment.id} href={codeOf(experiment) ?? undefined} title={experiment.title}>
                  {experiment.id}
                </a>
              ))}
            </dd>
          </>
        )}
        <dt>Paper</dt>
        <dd>
          <a href={`https://arxiv.org/abs/${paper.id}`}>{location}</a>
        </dd>
        {seeds.length > 0 && (
          <>
            <dt>Results</dt>
            <dd class="list">
              <span>{seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds.join(", ")}`}</span>
              {Object.entries(digests).map(([name, digest]) => <code key={name}>{name} {digest}</code>)}
            </dd>
          </>
        )}
        {standIns.length > 0 && (
          <>
            <dt>Data</dt>
            <dd class="warning">stand-ins: {standIns.join(", ")}</dd>
          </>
        )}
        {stamped && (
          <>
            <dt>Files</dt>
            <dd class="list">
              {endings.map((ending) => (
                <a key={ending} href={`${page}/${id}.${ending}`} download>{ending}</a>
              ))}
            </dd>
          </>
        )}
      </dl>
    </article>
  );
}

function Picture(
  { id, folder, figure, picture }: {
    readonly id: string;
    readonly folder: string;
    readonly figure: Figure;
    readonly picture: PictureSize & { readonly images: boolean } | undefined;
  },
) {
  const { images = false, ...size } = picture ?? {};
  return (
    <figure
      class={images ? "picture images" : "picture"}
      data-spec={`${folder}/${id}.js`}
      data-figure={id}
    >
      <img src={`${folder}/${id}.svg`} alt={figure.alt} loading="lazy" {...size} />
    </figure>
  );
}

function RunRecord({ reported: { results, paper } }: { readonly reported: ReportedPaper }) {
  const { golden, path } = results!;
  const { provenance: { code, machine, versions, data, started, finished }, executor, plan, jobs } = golden;
  const seconds = jobs.reduce((sum, job) => sum + job.seconds, 0);
  const facts: readonly (readonly [string, string])[] = [
    ["Results", path],
    ["Profile", `${plan.profile}: ${paper.profiles[plan.profile].summary}`],
    ["Executor", executor],
    ["Jobs", `${jobs.length}, ${duration(seconds)} of computation`],
    ["Code", code.commit === null ? "unknown" : `commit ${code.commit}${code.dirty ? " with changes" : ""}`],
    [
      "Machine",
      `${machine.cpu}, ${coresText(machine)}, ${machine.memoryGiB} GiB, ${machine.os} ${machine.arch}`,
    ],
    ["Versions", Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ")],
    ["When", `${started.slice(0, 16).replace("T", " ")} to ${finished.slice(0, 16).replace("T", " ")} UTC`],
  ];
  return (
    <section id="run">
      <h2>Run record</h2>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <>
            <dt key={name}>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
      {data.length > 0 && (
        <div class="scroll" role="region" aria-label="Data sets" tabindex={0}>
          <table class="data">
            <thead>
              <tr>
                <th scope="col">
                  <span class="head">Data set</span>
                </th>
                <th scope="col">
                  <span class="head">Source</span>
                </th>
                <th scope="col">
                  <span class="head">SHA-256</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.map(({ name, source, digest }) => (
                <tr key={name}>
                  <td>{name}</td>
                  <td>{source}</td>
                  <td>
                    <code>{digest.slice(0, 16)}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
