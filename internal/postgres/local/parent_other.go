//go:build unix && !linux

package local

import "syscall"

// dieWithParent can't be had here: a server that outlives a killed program is stopped by the next
// start on the same data folder.
func dieWithParent(*syscall.SysProcAttr) {}
