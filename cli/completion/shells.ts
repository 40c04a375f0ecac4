import type { CommandWords } from './tree.ts'

/** Names of databases come from the settings file, by a command that the shells call. */
export const databasesCommand = 'complete-databases'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

export const scriptFor = (shell: Shell, words: readonly CommandWords[]): string =>
  ({ bash: bashScript, zsh: zshScript, fish: fishScript })[shell](words)

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

const flagsWith = (words: readonly CommandWords[], value: 'file' | 'database' | 'other'): string =>
  [
    ...new Set(words.flatMap(it => it.options.filter(option => option.value === value).flatMap(({ flags }) => flags))),
  ].join('|')

/** The words after each path, as cases of a shell function. */
const cases = (words: readonly CommandWords[]): string =>
  words
    .map(({ path, commands, options }) => {
      const next = [...commands.map(({ name }) => name), ...options.flatMap(({ flags }) => flags)]
      return `    ${quoted(path)}) offer=${quoted(next.join(' '))} ;;`
    })
    .join('\n')

const knownPaths = (words: readonly CommandWords[]): string =>
  words
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path))
    .join('|')

const bashScript = (
  words: readonly CommandWords[],
): string => `# repoint completion for bash: source <(repoint completion bash)
_repoint() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} at='' word offer=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${at:+$at }$word" in
      ${knownPaths(words)}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$previous" in
    ${flagsWith(words, 'database')}) offer=$(repoint ${databasesCommand} 2>/dev/null); COMPREPLY=($(compgen -W "$offer" -- "$current")); return ;;
    ${flagsWith(words, 'file')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
    ${flagsWith(words, 'other')}) return ;;
  esac
  case "$at" in
${cases(words)}
  esac
  COMPREPLY=($(compgen -W "$offer" -- "$current"))
  if [ "$at" = 'events replay' ] || [ "$at" = 'report' ]; then COMPREPLY+=($(compgen -f -- "$current")); fi
}
complete -F _repoint repoint
`

const zshScript = (words: readonly CommandWords[]): string => `#compdef repoint
# repoint completion for zsh: source <(repoint completion zsh)
_repoint() {
  local at='' word offer=''
  local -a typed=("\${(@)words[2,CURRENT-1]}")
  for word in $typed; do
    case "\${at:+$at }$word" in
      ${knownPaths(words)}) at="\${at:+$at }$word" ;;
    esac
  done
  case "\${typed[-1]}" in
    ${flagsWith(words, 'database')}) compadd -- $(repoint ${databasesCommand} 2>/dev/null); return ;;
    ${flagsWith(words, 'file')}) _files; return ;;
    ${flagsWith(words, 'other')}) return ;;
  esac
  case "$at" in
${cases(words)}
  esac
  compadd -- \${=offer}
  if [[ "$at" == 'events replay' || "$at" == 'report' ]]; then _files; fi
}
compdef _repoint repoint
`

const fishScript = (words: readonly CommandWords[]): string => {
  const lines = words.flatMap(({ path, commands, options }) => {
    const condition = quoted(`__repoint_at ${path}`.trim())
    return [
      ...commands.map(({ name, summary }) => `complete -c repoint -f -n ${condition} -a ${name} -d ${quoted(summary)}`),
      ...options.map(({ flags, description, value }) => {
        const names = flags.map(flag => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
        const argument =
          value === undefined
            ? ''
            : value === 'file'
              ? ' -r'
              : value === 'database'
                ? ` -x -a '(repoint ${databasesCommand})'`
                : ' -x'
        return `complete -c repoint -n ${condition} ${names.join(' ')}${argument} -d ${quoted(description)}`
      }),
    ]
  })
  const paths = words.filter(({ path }) => path !== '').map(({ path }) => quoted(path))
  return `# repoint completion for fish: repoint completion fish | source
function __repoint_at
  set -l path ''
  for word in (commandline -opc)[2..]
    set -l longer (string trim -- "$path $word")
    if contains -- $longer ${paths.join(' ')}
      set path $longer
    end
  end
  test "$path" = "$argv"
end
${lines.join('\n')}
`
}
