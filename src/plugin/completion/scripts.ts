/** The shells that `completion` knows. */
export const shells: readonly string[] = ['bash', 'zsh', 'fish'];

/** The completion script of a shell for a program; undefined for another shell. Each asks `PROGRAM __complete`. */
export function completionScript(shell: string, program: string): string | undefined {
  const script = { bash, zsh, fish }[shell];
  return script?.replaceAll('PROGRAM', program).replaceAll('NAME', program.replaceAll('-', '_'));
}

const bash = `# bash completion for PROGRAM
_NAME() {
  local line directive=4 typed=\${COMP_LINE:0:COMP_POINT} last= done=
  local -a words
  # By blanks only: bash takes --flow=paste apart at its "=", and a URL at its ":".
  read -ra words <<<"$typed"
  [[ $typed == *[[:space:]] ]] && words+=('')
  last=\${words[\${#words[@]} - 1]}
  # It replaces what is behind them, and no more.
  done=\${last%"\${last##*[=:]}"}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      *) line=\${line%%$'\\t'*}; COMPREPLY+=("\${line#"$done"}") ;;
    esac
  done < <(PROGRAM __complete "\${words[@]:1}" 2>/dev/null)
  if [ "$directive" = 0 ] && [ \${#COMPREPLY[@]} -eq 0 ]; then
    compopt -o default 2>/dev/null
  fi
}
complete -F _NAME PROGRAM
`;

const zsh = `#compdef PROGRAM
_NAME() {
  local line directive=4
  local -a candidates
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      *) line=\${line//:/\\\\:}; candidates+=("\${line/$'\\t'/:}") ;;
    esac
  done < <(PROGRAM __complete "\${(@)words[2,$CURRENT]}" 2>/dev/null)
  if [[ $directive == 0 && \${#candidates} -eq 0 ]]; then
    _files
  else
    _describe 'PROGRAM' candidates
  fi
}
compdef _NAME PROGRAM
`;

const fish = `# fish completion for PROGRAM
function __NAME_complete
  set -l last (commandline -ct)
  set -l words (commandline -opc) $last
  set -l answer (PROGRAM __complete $words[2..-1] 2>/dev/null)
  if test "$answer" = :0
    set -l flag (string match -r -- '^--[\\w-]+=' $last)
    printf '%s\\n' "$flag"(__fish_complete_path (string replace -r -- '^--[\\w-]+=' '' $last))
  else
    string match -v ':*' -- $answer
  end
end
complete -c PROGRAM -f -a '(__NAME_complete)'
`;
