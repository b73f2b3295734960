#!/bin/sh
# Installs Debian's packages for the tests against real servers and clients; run as root, as often as you like.
# No daemon is started: each test starts its own, on the loopback, and nothing under /etc is used.
set -eu

packages="dovecot-imapd dovecot-lmtpd dovecot-sieve postfix openssl postgresql chromium neomutt s-nail alpine roundcube-core roundcube-sqlite3 php-cli strace faketime prometheus prosody"
command -v npm > /dev/null || packages="$packages nodejs npm" # others' nodejs brings its own npm

missing=""
for package in $packages; do
  case "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || :)" in
    installed) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
  echo "not installed, so the tests that need them will not run:$missing" >&2
  echo "as root on Debian: bash tests/servers/install.sh" >&2
  [ "${CI:-}" != true ]
  exit
fi

# Daemons must not start by themselves (invoke-rc.d asks this script); whatever stood there comes back.
policy=/usr/sbin/policy-rc.d
kept=""
if [ -e "$policy" ]; then kept=$(mktemp) && cp -p "$policy" "$kept"; fi
restore() { rm -f "$policy"; [ -z "$kept" ] || mv "$kept" "$policy"; }
trap restore EXIT
printf '#!/bin/sh\nexit 101\n' > "$policy"
chmod 755 "$policy"

apt="apt-get -y -q --no-install-recommends -o DPkg::Lock::Timeout=500"
export DEBIAN_FRONTEND=noninteractive
$apt update || echo "apt-get update failed; going on with the lists that are there" >&2
command -v debconf-set-selections > /dev/null &&
  echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
# shellcheck disable=SC2086 # a list of names
$apt install $missing
# The cluster that Debian's packages make by themselves is not started either; the tests make their own with initdb.
