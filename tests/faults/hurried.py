"""The bridge with leases of seconds instead of minutes, so that a test of an ordinary length sees many takeovers.

Nothing but these lengths differs; each keeps the order that the real ones have to the time-outs in the configuration.
"""

from datetime import timedelta

from bridge.cli import main
from bridge.shell import courier, inbound, intake

courier.LEASE = timedelta(seconds=24)
courier.MAIL_LEASE = timedelta(seconds=10)
inbound.LEASE = timedelta(seconds=4)
inbound.ELSEWHERE = 0.5
intake.LEASE_SPARE = timedelta(seconds=4)
intake.PAUSED = timedelta(seconds=0.5)

if __name__ == "__main__":
    main()
