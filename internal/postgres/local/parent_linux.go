package local

import "syscall"

// dieWithParent has the kernel tell the server to shut down (fast, and cleanly) when this program
// is killed and can't do so itself.
func dieWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGINT }
