/** The shells that `completion` knows. */
export const shells: readonly string[] = ['bash', 'zsh', 'fish'];

/** The completion script of a shell; undefined for another one. Each asks `kubectl-sallyport __complete`. */
export function completionScript(shell: string): string | undefined {
  return { bash, zsh, fish }[shell];
}

const bash = `# bash completion for kubectl-sallyport
_kubectl_sallyport() {
  local line directive=4
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(kubectl-sallyport __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
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
  set -l words (commandline -opc) (commandline -ct)
  kubectl-sallyport __complete $words[2..-1] 2>/dev/null | string match -v ':*'
end
complete -c kubectl-sallyport -f -a '(__kubectl_sallyport_complete)'
`;
