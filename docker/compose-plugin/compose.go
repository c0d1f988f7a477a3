//go:build tools

// Package composeplugin holds the version of Docker Compose that is built where none is installed.
package composeplugin

import _ "github.com/docker/compose/v2/cmd"
