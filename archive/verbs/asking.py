"""Command lines that end in a query: its words may begin with a minus."""

from __future__ import annotations

import click


class Asking(click.Command):
    """Leaves every word to the query that is none of the command's options: `pump -motor -n 3`.

    What begins with two minuses is an option, known or not; behind a lone `--` everything is a word.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        takes_value = {
            name: isinstance(each, click.Option) and not each.is_flag
            for each in self.get_params(ctx)
            for name in each.opts
        }
        options: list[str] = []
        words: list[str] = []
        left = list(args)
        while left:
            arg = left.pop(0)
            if arg == "--":
                words += left
                break
            known = arg[:2] if arg[2:].isdigit() and takes_value.get(arg[:2]) else arg
            if arg.startswith("--") or (known in takes_value and arg.startswith("-")):
                options.append(arg)
                if known == arg and takes_value.get(arg) and left:
                    options.append(left.pop(0))
            else:
                words.append(arg)
        return super().parse_args(ctx, [*options, "--", *words])
