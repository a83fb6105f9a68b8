"""Asking the server one question before training begins."""

import urllib3


def is_known(url: str, api_key: str | None, experiment_key: str, *, timeout_seconds: float = 3.0) -> bool | None:
    """Say whether the server knows an experiment; None if it gives no answer in time."""
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    try:
        answer = urllib3.request(
            "GET",
            f"{url}/api/v1/experiments/{experiment_key}",
            headers=headers,
            timeout=timeout_seconds,
            retries=False,
        )
    except (urllib3.exceptions.HTTPError, OSError):
        return None
    return {200: True, 404: False}.get(answer.status)
