/** The shells that `completion` knows. */
export const shells: readonly string[] = ['bash', 'zsh', 'fish'];

/** The completion script of a shell; undefined for another one. Each asks `kubectl-sallyport __complete`. */
export function completionScript(shell: string): string | undefined {
  return { bash, zsh, fish }[shell];
}

const bash = `# bash completion for kubectl-sallyport
_kubectl_sallyport() {
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
  done < <(kubectl-sallyport __complete "\${words[@]:1}" 2>/dev/null)
  if [ "$directive" = 0 ] && [ \${#COMPREPLY[@]} -eq 0 ]; then
    compopt -o default 2>/dev/null
  fi
}
complete -F _kubectl_sallyport kubectl-sallyport
`;

const zsh = `#compdef kubectl-sallyport
_kubectl_sallyport() {
  local line directive=4
  local -a candidates
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      *) line=\${line//:/\\\\:}; candidates+=("\${line/$'\\t'/:}") ;;
    esac
  done < <(kubectl-sallyport __complete "\${(@)words[2,$CURRENT]}" 2>/dev/null)
  if [[ $directive == 0 && \${#candidates} -eq 0 ]]; then
    _files
  else
    _describe 'kubectl-sallyport' candidates
  fi
}
compdef _kubectl_sallyport kubectl-sallyport
`;

const fish = `# fish completion for kubectl-sallyport
function __kubectl_sallyport_complete
  set -l last (commandline -ct)
  set -l words (commandline -opc) $last
  set -l answer (kubectl-sallyport __complete $words[2..-1] 2>/dev/null)
  if test "$answer" = :0
    set -l flag (string match -r -- '^--[\\w-]+=' $last)
    printf '%s\\n' "$flag"(__fish_complete_path (string replace -r -- '^--[\\w-]+=' '' $last))
  else
    string match -v ':*' -- $answer
  end
end
complete -c kubectl-sallyport -f -a '(__kubectl_sallyport_complete)'
`;
