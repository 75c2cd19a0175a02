"""Fetches a model from the Hugging Face hub, when somebody asks for it: weights and tokenizer, never code."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from pathlib import Path

from bot.errors import ModelRefused
from model import folder as folders
from model import lora

ID = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}")
_PATIENCE = 10.0  # seconds; the library itself would wait for ever for the first answer


def fetch(id: str, revision: str | None, to: Path) -> str:
    """Put the files of model `id` into folder `to`; returns the commit that they are of.

    Asks the hub as `huggingface_hub` does: HF_TOKEN and HF_ENDPOINT in the environment are its own settings. Raises
    ModelRefused, of one line, when the hub can't be reached, does not have the model, does not give it, or has no
    safetensors of it; in the last case nothing is fetched.
    """
    from huggingface_hub import HfApi, hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, XetDownloadError

    # The base of its own errors is its HTTP client's base: httpx2 by now, httpx in earlier releases.
    network = next(
        base for base in HfHubHTTPError.__mro__ if issubclass(base, Exception) and base.__name__ == "HTTPError"
    )
    faults = (network, XetDownloadError, OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError)
    try:
        about = HfApi().model_info(id, revision=revision, timeout=_PATIENCE)
        commit = about.sha or ""
        for name in wanted(id, [file.rfilename for file in about.siblings or ()]):
            hf_hub_download(id, name, revision=commit or revision, local_dir=to, etag_timeout=_PATIENCE)
    except faults as error:
        raise ModelRefused(f"{id}: {_reason(id, revision, error)}") from None
    shutil.rmtree(to / ".cache", ignore_errors=True)  # the download's own notes are no part of the model
    return commit


def wanted(id: str, names: Collection[str]) -> list[str]:
    """Those of a repository's files that belong to a model, or to a LoRA adapter where there is no model.

    Raises ModelRefused when there are weights of neither in safetensors.
    """
    for belongs, weights in ((folders.belongs, "model"), (lora.belongs, "adapter_model")):
        found = sorted(filter(belongs, names))
        if any(name.startswith(weights) and name.endswith(".safetensors") for name in found):
            return found
    raise ModelRefused(f"{id}: it has no weights in safetensors, and other formats can run code: convert it first")


def _reason(id: str, revision: str | None, error: Exception) -> str:
    """What to do about it, in a line that repeats nothing of what the hub said."""
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        RevisionNotFoundError,
    )

    if isinstance(error, LocalEntryNotFoundError) and isinstance(error.__cause__, Exception):
        return _reason(id, revision, error.__cause__)  # it only says that nothing was fetched before either
    match error:
        case HFValidationError():
            return "no name of a model: expected owner/name"
        case OfflineModeIsEnabled():
            return "HF_HUB_OFFLINE is set in the environment: unset it, or add a folder"
        case GatedRepoError():
            return f"its owner asks for consent: agree at https://huggingface.co/{id} and put your token into HF_TOKEN"
        case RevisionNotFoundError():
            return f"the hub has no revision {revision or 'main'!r:.70} of it"
        case HfHubHTTPError():
            return _refused(error.response.status_code)
        case OSError(errno=int(), strerror=str(told)) if not isinstance(error, ConnectionError | TimeoutError):
            return f"it can't be written: {told}"
        case ValueError() | KeyError() | TypeError() | AttributeError():
            return f"what answers there is no hub ({type(error).__name__}): check HF_ENDPOINT"
        case _:
            return f"the hub can't be reached, or broke off ({type(error).__name__}): try again, or add a folder"


def _refused(status: int) -> str:
    match status:
        case 401 | 403 | 404:  # the hub answers 401 for what does not exist as well
            return f"the hub does not give it ({status}): check the name, and HF_TOKEN if it is not open to everybody"
        case 429:
            return "the hub wants to be left alone for a while (429): try again later"
        case _ if status >= 500:
            return f"the hub itself fails ({status}): try again later, or add a folder"
        case _:
            return f"the hub refuses to give it ({status})"
