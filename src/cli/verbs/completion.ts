import { Argument } from "commander";
import type { AddVerb } from "../session.ts";

/** `qm completion SHELL`: a script that completes verbs, options and names of jobs. */
export const addCompletion: AddVerb = (program, bind) => {
  program
    .command("completion")
    .description("print a completion script for a shell")
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(SCRIPTS)))
    .action(
      bind(async ({ io }, shell: keyof typeof SCRIPTS) => {
        const verbs = program.commands.map((command) => ({
          name: command.name(),
          description: command.description(),
          options: [...command.options.flatMap(({ long }) => long ?? []), "--config", "--help"],
          verbs: command.commands.map((below) => below.name()),
        }));
        io.stdout.write(SCRIPTS[shell](verbs));
      }),
    );
};

/** One verb, as far as a shell completes it. */
interface CompletedVerb {
  readonly name: string;
  readonly description: string;
  /** Long options, each with `--`. */
  readonly options: readonly string[];
  /** Verbs of its own, as `qm workers pause`. */
  readonly verbs: readonly string[];
}

/** Scripts that make shells complete verbs, options and the names of jobs. */
const SCRIPTS = { bash, zsh, fish };

/** Verbs whose words are names of jobs that have not ended, and of those that have. */
const LIVE = ["kill", "lost", "hold", "release", "top", "wait"];
const ENDED = ["redo", "delete"];
const ANY = ["show", "log"];

function withVerbs(verbs: readonly CompletedVerb[]): readonly CompletedVerb[] {
  return verbs.filter((verb) => verb.verbs.length > 0);
}

function bash(verbs: readonly CompletedVerb[]): string {
  return `# bash completion for qm: put "source <(qm completion bash)" into ~/.bashrc
_qm_names() {
  local word
  while IFS= read -r word; do
    [[ $word == "$cur"* ]] && COMPREPLY+=("$(printf %q "$word")")
  done
}
_qm() {
  local cur=\${COMP_WORDS[COMP_CWORD]} verb=\${COMP_WORDS[1]-}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "${verbs.map(({ name }) => name).join(" ")}" -- "$cur"))
    return
  fi
  if [[ $cur == -* ]]; then
    case $verb in
${verbs.map(({ name, options }) => `      ${name}) COMPREPLY=($(compgen -W "${options.join(" ")}" -- "$cur")) ;;`).join("\n")}
    esac
    return
  fi
  if ((COMP_CWORD == 2)); then
    case $verb in
${withVerbs(verbs)
  .map(
    (verb) => `      ${verb.name}) COMPREPLY=($(compgen -W "${verb.verbs.join(" ")}" -- "$cur")); return ;;`,
  )
  .join("\n")}
    esac
  fi
  case $verb in
    workers) _qm_names < <(qm workers -q 2>/dev/null) ;;
    reassign) _qm_names < <(qm status -q 2>/dev/null; qm workers -q 2>/dev/null) ;;
    ${LIVE.join("|")}) _qm_names < <(qm status -q 2>/dev/null) ;;
    ${ENDED.join("|")}) _qm_names < <(qm history -q --last 200 2>/dev/null) ;;
    ${ANY.join("|")}) _qm_names < <(qm status -q 2>/dev/null; qm history -q --last 200 2>/dev/null) ;;
    submit|check|init) compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur")) ;;
  esac
}
complete -F _qm qm
`;
}

function zsh(verbs: readonly CompletedVerb[]): string {
  const described = verbs
    .map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`)
    .join("\n");
  const options = verbs
    .map((verb) => `      ${verb.name}) compadd -- ${verb.options.join(" ")} ;;`)
    .join("\n");
  return `#compdef qm
# zsh completion for qm: put "source <(qm completion zsh)" into ~/.zshrc, behind compinit
_qm() {
  local -a verbs names
  verbs=(
${described}
  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
    return
  fi
  if [[ $PREFIX == -* ]]; then
    case $words[2] in
${options}
    esac
    return
  fi
  if (( CURRENT == 3 )); then
    case $words[2] in
${withVerbs(verbs)
  .map((verb) => `      ${verb.name}) compadd ${verb.verbs.join(" ")}; return ;;`)
  .join("\n")}
    esac
  fi
  case $words[2] in
    workers) names=("\${(@f)$(qm workers -q 2>/dev/null)}"); compadd -a names ;;
    reassign) names=("\${(@f)$(qm status -q 2>/dev/null; qm workers -q 2>/dev/null)}"); compadd -a names ;;
    ${LIVE.join("|")}) names=("\${(@f)$(qm status -q 2>/dev/null)}"); compadd -a names ;;
    ${ENDED.join("|")}) names=("\${(@f)$(qm history -q --last 200 2>/dev/null)}"); compadd -a names ;;
    ${ANY.join("|")}) names=("\${(@f)$(qm status -q 2>/dev/null; qm history -q --last 200 2>/dev/null)}"); compadd -a names ;;
    submit|check|init) _files -/ ;;
  esac
}
compdef _qm qm
`;
}

function fish(verbs: readonly CompletedVerb[]): string {
  const seen = (names: readonly string[]) => `'__fish_seen_subcommand_from ${names.join(" ")}'`;
  const all = verbs.map(({ name }) => name);
  return `# fish completion for qm: save as ~/.config/fish/completions/qm.fish
complete -c qm -f
${verbs.map(({ name, description }) => `complete -c qm -n '__fish_use_subcommand' -a ${name} -d ${quoted(description)}`).join("\n")}
${verbs.flatMap(({ name, options }) => options.map((option) => `complete -c qm -n ${seen([name])} -l ${option.slice(2)}`)).join("\n")}
${withVerbs(verbs)
  .map((verb) => `complete -c qm -n ${seen([verb.name])} -a '${verb.verbs.join(" ")}'`)
  .join("\n")}
complete -c qm -n ${seen(["workers", "reassign"])} -a '(qm workers -q 2>/dev/null)'
complete -c qm -n ${seen([...LIVE, ...ANY, "reassign"])} -a '(qm status -q 2>/dev/null)'
complete -c qm -n ${seen([...ENDED, ...ANY])} -a '(qm history -q --last 200 2>/dev/null)'
complete -c qm -n ${seen(all.filter((name) => ["submit", "check", "init"].includes(name)))} -a '(__fish_complete_directories)'
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "’").replaceAll("\n", " ")}'`;
}
