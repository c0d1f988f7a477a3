# shellcheck shell=sh
# Sourced by the scripts beside it: gives a folder in a cache outside the source tree, with programs built
# once from a Go module.
#
# build MODULE_FOLDER MODULE PACKAGE... : prints the folder; fails, and says why, when it cannot build.
build() {
  source_folder=$1
  module=$2
  shift 2
  version=$(sed -n "s|.*$module \(v[^ ]*\).*|\1|p" "$source_folder/go.mod" | head -n 1)
  folder=${XDG_CACHE_HOME:-$HOME/.cache}/ecluster/$(basename "$module")-$version
  mkdir -p "$folder"
  (
    flock 9
    for package; do
      binary=$folder/$(basename "$package")
      [ ! -x "$binary" ] || continue
      command -v go > /dev/null || { echo "no $(basename "$package"): install Go to build it" >&2; exit 1; }
      echo "building $package $version (once, some minutes)" >&2
      (cd "$source_folder" && go build -o "$binary.new" "$package") >&2
      mv "$binary.new" "$binary"
    done
  ) 9> "$folder/lock"
  echo "$folder"
}
