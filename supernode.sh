#!/bin/sh
# Supernode's launcher: builds what is missing or older than its sources, then runs.
#
#   ./supernode --help
#
# Needs a JDK, 17 or newer: JAVA_HOME where it is set, else the java of the PATH. Once built, a runtime will do.
# SUPERNODE_OPTS adds options for the virtual machine, such as -Xmx6g. Relative paths on the command line are those of
# the caller's folder. Chatter goes to standard error only.
set -eu

say() { printf 'supernode: %s\n' "$*" >&2; }
die() { say "$1"; exit "${2:-1}"; }

# --- where am I: follow links, so that a link in a bin folder works -----------------------------------------------
self=$0
while [ -h "$self" ]; do
  target=$(readlink "$self")
  case $target in /*) self=$target ;; *) self=$(dirname "$self")/$target ;; esac
done
home=$(CDPATH='' cd -- "$(dirname -- "$self")" && pwd -P)
out=$home/app/target/supernode
jar=$out/lib/supernode-app.jar
built=$out/built

# --- Java --------------------------------------------------------------------------------------------------------
if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
  [ -x "$java" ] || die "no Java at JAVA_HOME=$JAVA_HOME: set it to the folder of a JDK, 17 or newer, or unset it" 2
else
  java=$(command -v java) || die "no java on the PATH: install a JDK, 17 or newer, or set JAVA_HOME to one" 2
fi
version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\)[^"]*".*/\1/p' | head -n 1)
[ "${version:-0}" -ge 17 ] || die "$java is Java ${version:-of an unknown version}: a JDK, 17 or newer, is needed" 2

# --- build -------------------------------------------------------------------------------------------------------
modules='supernode schemas replay ingest analytics exporter app'

# names one source that is newer than what was built, or nothing; folders count, so that a removed file is noticed
newer_source() {
  set -- "$home/pom.xml"
  for module in $modules; do
    set -- "$@" "$home/$module/pom.xml" "$home/$module/src/main"
  done
  for source do
    [ ! -e "$source" ] || find "$source" -newer "$built" -print
  done | head -n 1
}

compiler() {
  if [ -n "${JAVA_HOME:-}" ]; then [ -x "$JAVA_HOME/bin/javac" ]; else command -v javac >/dev/null; fi
}

# one build at a time in one checkout: a second caller waits for the first
lock=$home/target/supernode-build.lock
take_lock() {
  mkdir -p "$home/target"
  waiting=
  until (set -C; echo $$ >"$lock") 2>/dev/null; do
    holder=$(cat "$lock" 2>/dev/null || true)
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
      rm -f "$lock" # left by a build that was killed
      continue
    fi
    [ -n "$waiting" ] || say "waiting for the build of process ${holder:-?} in $home"
    waiting=yes
    sleep 1
  done
  trap 'rm -f "$lock"' EXIT
  trap 'exit 130' INT TERM HUP
}

build() {
  compiler || die "$java has no compiler beside it: a JDK, 17 or newer, is needed to build" 2
  log=$home/target/supernode-build.log
  started=$home/target/supernode-build.started
  failed=$home/target/supernode-build.failed
  say "building ($1); the log is $log"
  : >"$started"
  rm -f "$failed"
  { (cd "$home" && ./mvnw -B package -DskipTests -pl app,analytics -am) 2>&1 </dev/null || : >"$failed"; } |
    tee "$log" |
    awk '
      /Downloaded from/ { if (++files % 100 == 0) { print "supernode:   " files " files downloaded"; fflush() } }
      / Building Supernode: / {
        sub(/.* Building Supernode: /, ""); sub(/ [0-9][^ ]* */, " "); print "supernode:   " $0; fflush()
      }' >&2
  if [ -e "$failed" ]; then
    rm -f "$failed"
    { grep '^\[ERROR\]' "$log" || cat "$log"; } | tail -n 25 >&2
    die "the build failed; the whole log is $log"
  fi
  [ -e "$jar" ] || die "the build did not make $jar; its log is $log"
  # as old as the start of the build: a source edited while it went on counts as newer
  touch -r "$started" "$built"
  rm -f "$started"
}

why_build() {
  if [ ! -e "$jar" ] || [ ! -e "$built" ]; then
    echo "for the first time; what it downloads takes some minutes"
  else
    changed=$(newer_source)
    [ -z "$changed" ] || echo "${changed#"$home"/} is newer than the last build"
  fi
}

if [ -n "$(why_build)" ]; then
  take_lock
  why=$(why_build) # again: the build that was waited for may have done it
  [ -z "$why" ] || build "$why"
  rm -f "$lock"
  trap - EXIT INT TERM HUP
fi

# --- run: exec, so that signals arrive and the exit code is the program's ----------------------------------------
# chatter goes to standard error, so that is what decides whether there is someone to show progress to
terminal=false
[ ! -t 2 ] || terminal=true
# shellcheck disable=SC2086 # several options in one variable
exec "$java" -Xmx3g -XX:+UseG1GC -Dsupernode.home="$home" -Dsupernode.terminal=$terminal ${SUPERNODE_OPTS:-} -jar "$jar" "$@"
