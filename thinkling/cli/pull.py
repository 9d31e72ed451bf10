"""`thinkling pull`: a model of the hub onto this machine. No torch."""

from __future__ import annotations

import json

import click

from thinkling.errors import RequestError

_EPILOG = """Examples:

  thinkling pull deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B

  thinkling pull deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B --revision main --json
"""


@click.command(epilog=_EPILOG)
@click.argument("model", metavar="OWNER/NAME")
@click.option("--revision", metavar="NAME", help="A branch, a tag or a commit; the newest if left out.")
@click.option("--json", "is_json", is_flag=True, help="Print what was pulled as JSON.")
def pull(model: str, revision: str | None, is_json: bool) -> None:
    """Download a model from the Hugging Face hub and check it.

    A download that broke off goes on with the files that are missing. Afterwards the model is used by its
    name, without network. Private models need a token: hf auth login.
    """
    from thinkling.weights.hub import HubName, hub_name
    from thinkling.weights.hub import pull as pull_model

    name = hub_name(model)
    if name is None:
        raise RequestError(f"{model!r} is no name of a model on the hub.", "write OWNER/NAME")
    name = HubName(name.repository, revision or name.revision)
    found = pull_model(name)
    if is_json:
        fields = {
            "folder": str(found.folder),
            "commit": found.commit,
            "files": found.num_files,
            "bytes": found.num_bytes,
            "checked": found.num_checked,
        }
        click.echo(json.dumps(fields, indent=2))
        return
    size = f"{found.num_bytes / 1e9:.2f} GB" if found.num_bytes >= 1e8 else f"{found.num_bytes / 1e6:.1f} MB"
    click.echo(f"{found.folder}")
    checked = f"{found.num_checked} compared with their checksums"
    click.echo(f"{found.num_files} files, {size}, {checked}, commit {found.commit[:12]}")
    click.echo(f"Use it: thinkling chat --model {name}")
