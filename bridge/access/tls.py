"""TLS towards mail servers: always checked, never older than 1.2, and its troubles in words that help."""

import ssl
from pathlib import Path


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or newer, with the certificate and its name checked (A20); raises ValueError where the file is of no use."""
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise ValueError(f"ca_file cannot be used: {error.strerror or type(error).__name__}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def tls_trouble(error: ssl.SSLError) -> str:
    """Why TLS failed, with the remedy, and nothing that the far end chose."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted ({error.verify_message}); correct it, or name its authority in ca_file"
    return "it does not speak TLS as expected; check port and tls"
