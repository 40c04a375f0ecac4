import type { CommandWords, OptionWords } from './tree.ts'

/** Names of databases come from the settings file, by a command that the shells call. */
export const databasesCommand = 'complete-databases'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

export const scriptFor = (shell: Shell, words: readonly CommandWords[]): string =>
  ({ bash: bashScript, zsh: zshScript, fish: fishScript })[shell](words)

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** What follows an option of a kind, as a case of a shell function. */
const afterOption = (words: readonly CommandWords[], value: 'file' | 'database' | 'other', body: string): string => {
  const options = words.flatMap(it => it.options.filter(option => option.value === value))
  const flags = [...new Set(options.flatMap(it => it.flags))]
  return flags.length === 0 ? '' : `    ${flags.join('|')}) ${body} ;;\n`
}

/** The words after each path, as cases of a shell function. */
const cases = (words: readonly CommandWords[]): string =>
  words
    .map(({ path, commands, options, choices }) => {
      const next = [...commands.map(({ name }) => name), ...choices, ...options.flatMap(({ flags }) => flags)]
      return `    ${quoted(path)}) offer=${quoted(next.join(' '))} ;;`
    })
    .join('\n')

/** The same option may have other choices with another command. */
const choiceCases = (words: readonly CommandWords[]): string =>
  words
    .flatMap(({ path, options }) =>
      options.flatMap(({ flags, choices = [] }) =>
        flags.slice(0, choices.length > 0 ? undefined : 0).map(flag => ({ at: `${path} ${flag}`.trim(), choices })),
      ),
    )
    .map(({ at, choices }) => `    ${quoted(at)}) offer=${quoted(choices.join(' '))} ;;\n`)
    .join('')

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
${afterOption(words, 'database', `offer=$(repoint ${databasesCommand} 2>/dev/null); COMPREPLY=($(compgen -W "$offer" -- "$current")); return`)}${afterOption(words, 'file', 'COMPREPLY=($(compgen -f -- "$current")); return')}${afterOption(words, 'other', 'return')}  esac
  case "\${at:+$at }$previous" in
${choiceCases(words)}    *) case "$at" in
${cases(words)}
    esac ;;
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
${afterOption(words, 'database', `compadd -- $(repoint ${databasesCommand} 2>/dev/null); return`)}${afterOption(words, 'file', '_files; return')}${afterOption(words, 'other', 'return')}  esac
  case "\${at:+$at }\${typed[-1]}" in
${choiceCases(words)}    *) case "$at" in
${cases(words)}
    esac ;;
  esac
  compadd -- \${=offer}
  if [[ "$at" == 'events replay' || "$at" == 'report' ]]; then _files; fi
}
compdef _repoint repoint
`

const fishScript = (words: readonly CommandWords[]): string => {
  const lines = words.flatMap(({ path, commands, options, choices }) => {
    const condition = quoted(`__repoint_at ${path}`.trim())
    return [
      ...(choices.length > 0 ? [`complete -c repoint -f -n ${condition} -a ${quoted(choices.join(' '))}`] : []),
      ...commands.map(({ name, summary }) => `complete -c repoint -f -n ${condition} -a ${name} -d ${quoted(summary)}`),
      ...options.map(option => {
        const names = option.flags.map(flag => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
        const argument = fishArgument(option)
        return `complete -c repoint -n ${condition} ${names.join(' ')}${argument} -d ${quoted(option.description)}`
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

const fishArgument = ({ value, choices = [] }: OptionWords): string => {
  if (value === undefined) return ''
  if (value === 'file') return ' -r'
  if (value === 'database') return ` -x -a '(repoint ${databasesCommand})'`
  return value === 'choice' ? ` -x -a ${quoted(choices.join(' '))}` : ' -x'
}
