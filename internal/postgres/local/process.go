//go:build unix

package local

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

// process is a running server process.
type process struct {
	pid      int
	done     chan struct{} // closed when it has ended
	err      error         // how it ended; read after done
	stopping atomic.Bool
}

// run starts cmd on an operating-system thread of its own, which waits for it. The server asks the
// kernel for a signal when its parent thread ends (see dieWithParent), and an ordinary thread may end
// long before the program.
func run(cmd *exec.Cmd) (*process, error) {
	dieWithParent(cmd.SysProcAttr)
	p := &process{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this function
		err := cmd.Start()
		if err == nil {
			p.pid = cmd.Process.Pid
		}
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// outcome says how the process ended.
func (p *process) outcome() error {
	<-p.done
	if p.err == nil {
		return errors.New("exit status 0")
	}
	return p.err
}

// running reports whether the process is still there.
func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// stop asks the server to end, ever more firmly, and returns when it has.
func (p *process) stop(ctx context.Context) error {
	steps := []struct {
		signal   syscall.Signal
		patience time.Duration
	}{{syscall.SIGINT, patienceFast}, {syscall.SIGQUIT, patienceImmediate}, {syscall.SIGKILL, patienceImmediate}}
	for _, step := range steps {
		if !p.running() {
			return nil
		}
		_ = syscall.Kill(p.pid, step.signal)
		if p.endsWithin(ctx, step.patience) {
			return nil
		}
		ctx = context.WithoutCancel(ctx) // the caller's patience is over; the firmer steps have their own
	}
	return fmt.Errorf("process %d does not end", p.pid)
}

func (p *process) endsWithin(ctx context.Context, patience time.Duration) bool {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-ctx.Done():
		return false
	case <-timer.C:
		return false
	}
}
