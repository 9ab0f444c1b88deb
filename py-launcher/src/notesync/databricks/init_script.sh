#!/bin/bash
# notesync on a Databricks cluster: init script for the driver.
#
# Written by `notesync databricks init-script`. Put it and the wheel into one Unity Catalog volume, and name the script
# under Compute > Advanced > Init scripts. It installs exactly that wheel, so that `%load_ext notesync` works in every
# notebook of the cluster. Agents are started later, by the notebooks themselves, one per user. No port is opened here.
#
# It fails open: what goes wrong is written to the log, and the cluster starts all the same, unless STRICT is 1.

# ---- settings: change these and nothing below ---------------------------------------------------------------------
VOLUME="/Volumes/main/default/notesync"  # where the wheel lies (this script has to lie in a volume too)
WHEEL=""                                 # its exact file name
WHEEL_SHA256=""                          # its SHA-256; empty: not compared
STRICT="0"                               # 1: a failure stops the cluster
AUTOLOAD="0"                             # 1: every notebook loads notesync by itself
AGENT_AT_BOOT="0"                        # 1: start root's agent now; dedicated clusters only
# -------------------------------------------------------------------------------------------------------------------

# The environment may override them (runtimes from 19 on hide it from scripts of clusters in standard mode).
VOLUME="${NOTESYNC_VOLUME:-$VOLUME}"
WHEEL="${NOTESYNC_WHEEL:-$WHEEL}"
STRICT="${NOTESYNC_STRICT:-$STRICT}"

# Databricks sets TRUE or FALSE, so a test for "not empty" would be true on workers as well.
[ "${DB_IS_DRIVER:-}" = "TRUE" ] || exit 0

set -u
cd / || exit 0
umask 022 # with 077, pip makes a package that other users import as an empty namespace, without any error
log=/dev/null

say() {
    printf 'notesync: %s\n' "$*"
    printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >>"$log"
}

# bounded SECONDS COMMAND...: no command can hang the start of a cluster, or keep our output open.
bounded() {
    local seconds=$1
    shift
    timeout -k 5 "$seconds" "$@" </dev/null 9>&-
}

open_home() {
    local place
    for place in /local_disk0/notesync /var/lib/notesync; do
        if mkdir -p "$place" 2>/dev/null && [ ! -L "$place" ] && [ -O "$place" ] && chmod 755 "$place" && : >>"$place/init.log"; then
            home=$place
            log=$place/init.log
            return 0
        fi
    done
    say "neither /local_disk0 nor /var/lib can be written: there is no place for the wheel"
    return 1
}

take_lock() {
    exec 9>"$home/init.lock"
    flock -w 20 9 && return 0
    say "another run has held $home/init.lock for 20 seconds: it may have installed notesync, this one leaves"
    return 1
}

find_python() {
    local root
    for root in "${DATABRICKS_ROOT_VIRTUALENV_ENV:-}" /databricks/python3 /databricks/python; do
        if [ -n "$root" ] && [ -x "$root/bin/python" ]; then
            python=$root/bin/python
            return 0
        fi
    done
    say "no Python in /databricks/python3 or /databricks/python: is this a Databricks runtime?"
    return 1
}

# The volume is read once, into a file of our own: all that follows works on local bytes.
fetch_wheel() {
    wheel=$home/$WHEEL
    if ! bounded 60 cp -- "$VOLUME/$WHEEL" "$wheel.part" 2>>"$log"; then
        say "cannot read $VOLUME/$WHEEL: upload the wheel there, and keep this script in a volume as well (reason in $log)"
        return 1
    fi
    digest=$(sha256sum "$wheel.part" | cut -d' ' -f1)
    if [ -n "$WHEEL_SHA256" ] && [ "$digest" != "$WHEEL_SHA256" ]; then
        rm -f "$wheel.part"
        say "$VOLUME/$WHEEL has SHA-256 $digest, the script expects $WHEEL_SHA256: it is another file, nothing was installed"
        return 1
    fi
    mv -f "$wheel.part" "$wheel"
}

install_wheel() {
    if [ "$(cat "$home/installed" 2>/dev/null)" = "$digest $python" ] && bounded 20 "$python" -I -m notesync.databricks.boot --check >>"$log" 2>&1; then
        say "$WHEEL is already installed"
        return 0
    fi
    rm -f "$home/installed"
    if ! bounded 100 "$python" -I -m pip install --isolated --no-index --no-deps --no-cache-dir --disable-pip-version-check \
        --force-reinstall "$wheel" >>"$log" 2>&1; then
        say "pip could not install $WHEEL into $python (reason in $log)"
        return 1
    fi
    printf '%s %s' "$digest" "$python" >"$home/installed"
    say "installed $WHEEL into ${python%/bin/python}"
}

# From here on the wheel speaks for itself: it knows which Java it needs and where runtimes keep theirs.
settle() {
    local arguments=() words result line
    [ "$AUTOLOAD" = "1" ] && arguments+=(--autoload)
    [ "$AGENT_AT_BOOT" = "1" ] && arguments+=(--agent)
    words=$home/boot.txt # a file, not a pipe: nothing that is started there can keep us waiting
    bounded 30 "$python" -I -m notesync.databricks.boot ${arguments[@]+"${arguments[@]}"} >"$words" 2>>"$log"
    result=$?
    while IFS= read -r line; do say "$line"; done <"$words"
    [ "$result" = 0 ] || say "notesync is installed, but not all is well (code $result)"
    return "$result"
}

main() {
    open_home || return 1
    say "init script on cluster ${DB_CLUSTER_ID:-unknown}, runtime ${DATABRICKS_RUNTIME_VERSION:-unknown}"
    take_lock && find_python && fetch_wheel && install_wheel && settle
}

if main; then
    say "ready: %load_ext notesync"
elif [ "$STRICT" = "1" ]; then
    say "failed, and STRICT stops the cluster"
    exit 1
else
    say "failed; the cluster starts all the same"
fi
exit 0
