"""Fetches a model from the Hugging Face hub, when somebody asks for it: weights and tokenizer, never code."""

from __future__ import annotations

import re
from pathlib import Path

from bot.errors import ModelRefused

ID = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}")
_WANTED = [
    "*.safetensors",
    "*.json",
    "*.jinja",
    "tokenizer.model",
    "merges.txt",
    "vocab.txt",
    "*.md",
    "LICENSE*",
    "NOTICE*",
]
_UNWANTED = ["*/*", "adapter_*"]  # folders below hold other formats


def fetch(id: str, revision: str | None, to: Path) -> str:
    """Put the files of model `id` into folder `to`; returns the commit that they are of.

    Asks the hub as `huggingface_hub` does: HF_TOKEN and HF_ENDPOINT in the environment are its own settings. Raises
    ModelRefused when the hub can't be reached, or does not have the model.
    """
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        commit = HfApi().model_info(id, revision=revision).sha or ""
        snapshot_download(
            id, revision=commit or revision, local_dir=to, allow_patterns=_WANTED, ignore_patterns=_UNWANTED
        )
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else "no answer"
        raise ModelRefused(
            f"{id}: the hub does not give it ({status}): check the name, and HF_TOKEN for a gated one"
        ) from None
    except HFValidationError:
        raise ModelRefused(f"{id}: no name of a model: expected owner/name") from None
    except (OSError, RuntimeError) as error:  # httpx errors come as one or the other
        raise ModelRefused(
            f"{id}: the hub can't be reached ({type(error).__name__}): try again, or add a folder"
        ) from None
    _tidy(to)
    return commit


def _tidy(folder: Path) -> None:
    """The download's own notes are no part of the model."""
    import shutil

    shutil.rmtree(folder / ".cache", ignore_errors=True)
