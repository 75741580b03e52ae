# SPDX-License-Identifier: MIT
"""What completes the command in bash and in zsh, made from its own parser."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator

from .arguments import Parser
from .catalogue import list_properties
from .matrix import KINDS

# Words are taken from the line: bash itself takes them apart at = and : as well, and completes what stands behind.
_BASH = r"""# bash completion of callprop, made by: callprop completion bash
_callprop() {
    local line=${COMP_LINE:0:COMP_POINT} command='' awaited='' place=1 cur='' prefix='' word candidates='' kind='' breaks=''
    local -a words
    read -ra words <<<"$line"
    [[ $line == *[[:blank:]] ]] || { cur=${words[${#words[@]} - 1]}; unset "words[${#words[@]} - 1]"; }
    for word in "${words[@]:1}"; do
        if [[ -n $awaited && ($word != -* || $word == -) ]]; then
            awaited=''
        elif [[ $word == -?* ]]; then
            awaited=''
            case $command/$word in
            @VALUED@) awaited=$word ;;
            esac
        elif [[ -z $command ]]; then
            command=$word
        else
            place=$((place + 1))
        fi
    done
    if [[ $cur == --*=* ]]; then
        awaited=${cur%%=*} prefix=${cur%%=*}=
    elif [[ $cur == -* && $cur != - ]]; then
        awaited=options
    fi
    case $command/${awaited:-$place} in
    @CASES@
    esac
    [[ $kind == status && $cur == *,* ]] && prefix=${cur%"${cur##*,}"}
    local IFS=$'\n'
    if [[ $kind == status && $cur == @* ]]; then
        COMPREPLY=($(compgen -P @ -f -- "${cur#@}"))
    else
        COMPREPLY=($(compgen -P "$prefix" -W "${candidates// /$'\n'}" -- "${cur#"$prefix"}"))
        [[ $kind == file ]] && COMPREPLY+=($(compgen -P "$prefix" -f -- "${cur#"$prefix"}"))
    fi
    [[ $kind == file || $cur == @* ]] && compopt -o filenames 2>/dev/null
    for word in = :; do
        [[ $COMP_WORDBREAKS == *"$word"* ]] && breaks+=$word
    done
    [[ -z $breaks ]] || prefix=${cur%"${cur##*[$breaks]}"}
    [[ -z $breaks || -z $prefix ]] || COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
}
complete -F _callprop callprop
"""

_ZSH = r"""#compdef callprop
# zsh completion of callprop, made by: callprop completion zsh
_callprop_status() {
    if compset -P @; then
        _files
    else
        compset -P '*,'
        compadd -S '' -- @MNEMOS@
    fi
}
_callprop_call() {
    compadd -- @CALLS@
}
_callprop() {
    local curcontext=$curcontext state line
    typeset -A opt_args
    _arguments -C @OPTIONS@ '1:command:->command' '*::argument:->argument'
    case $state in
    command)
        local -a commands
        commands=(@COMMANDS@)
        _describe command commands
        ;;
    argument)
        case $words[1] in
        @CASES@
        esac
        ;;
    esac
}
if [[ $funcstack[1] == _callprop ]]; then
    _callprop "$@"
else
    compdef _callprop callprop
fi
"""


def script(shell: str, parser: Parser) -> str:
    """The text that a shell is to read: ``bash`` or ``zsh``."""
    return (_bash if shell == "bash" else _zsh)(parser).rstrip("\n")


def _bash(parser: Parser) -> str:
    cases = [f"/1) candidates={_listed(parser.commands)} ;;", f"/options) candidates={_listed(_options(parser))} ;;"]
    valued = []
    for name, command in parser.commands.items():
        cases.append(f"{name}/options) candidates={_listed(_options(command))} ;;")
        positional = 0
        for action in command._actions:
            if action.option_strings:
                places = action.option_strings if action.nargs != 0 else []
                valued += [f"{name}/{place}" for place in places]
            else:
                positional += 1
                places = [str(positional)]
            kind = {"FILE": " kind=file", "STATUS": " kind=status"}.get(str(action.metavar), "")
            if places and (kind or _values(action)):
                cases.append(
                    f"{' | '.join(f'{name}/{place}' for place in places)}) candidates={_listed(_values(action))}{kind} ;;"
                )
    return _BASH.replace("@VALUED@", " | ".join(valued)).replace("@CASES@", "\n    ".join(cases))


def _zsh(parser: Parser) -> str:
    cases = [f"{name}) _arguments {' '.join(_specified(command))} ;;" for name, command in parser.commands.items()]
    commands = " ".join(
        shlex.quote(f"{name}:{_escaped(command.description or '')}") for name, command in parser.commands.items()
    )
    words = {
        "MNEMOS": " ".join(_mnemos()),
        "CALLS": " ".join(_calls()),
        "OPTIONS": " ".join(_specified(parser)),
        "COMMANDS": commands,
        "CASES": "\n        ".join(cases),
    }
    return re.sub("@([A-Z]+)@", lambda found: words[found[1]], _ZSH)


def _specified(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The options and arguments as _arguments of zsh has them."""
    place = 0
    for action in parser._actions:
        about = _escaped((action.help or "") % {**vars(action), "prog": parser.prog})
        values = {"FILE": "_files", "STATUS": "_callprop_status", "CALL": "_callprop_call"}.get(
            str(action.metavar), f"({' '.join(_values(action))})"
        )
        name = action.metavar or action.dest
        optional = ":" if action.nargs == "?" else ""
        if action.option_strings:
            others = f"({' '.join(action.option_strings)})"
            for option in action.option_strings:
                takes = "" if action.nargs == 0 else f"{optional}:{name}:{values}"
                equals = "=" if takes and option.startswith("--") else ""
                yield shlex.quote(f"{others}{option}{equals}[{about}]{takes}")
        elif not isinstance(action, argparse._SubParsersAction):
            place += 1
            yield shlex.quote(f"{place}:{optional}{name}:{values}")


def _values(action: argparse.Action) -> list[str]:
    """What may stand in the place of an argument, where that is known."""
    known = {"MNEMO": _mnemos, "STATUS": _mnemos, "CALL": _calls}.get(str(action.metavar))
    return known() if known else [str(choice) for choice in action.choices or ()]


def _mnemos() -> list[str]:
    return [entry.mnemo for entry in list_properties()]


def _calls() -> list[str]:
    return [str(call).replace(",callback=false", "") for call in KINDS]


def _options(parser: argparse.ArgumentParser) -> list[str]:
    return [option for action in parser._actions for option in action.option_strings]


def _listed(words: list[str] | dict[str, Parser]) -> str:
    return shlex.quote(" ".join(words))


def _escaped(text: str) -> str:
    """Text as it stands in a description of zsh's."""
    return re.sub(r"([\\\[\]:])", r"\\\1", text.replace("\n", " "))
