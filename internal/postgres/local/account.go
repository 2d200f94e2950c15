//go:build unix

package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// account is whom the server runs as. PostgreSQL refuses to run as root.
type account struct {
	uid, gid uint32
	groups   []uint32
	name     string
	switched bool // it isn't the one this program runs as
}

// unprivileged are the accounts tried in turn when this program runs as root.
var unprivileged = []string{"postgres", "_postgres", "redress", "nobody"}

// serverAccount picks the account: ours when we aren't root; the owner of the existing cluster;
// else the first of the usual unprivileged ones.
func serverAccount(cluster string) (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}, nil
	}
	if info, err := os.Stat(cluster); err == nil {
		if owner := info.Sys().(*syscall.Stat_t); owner.Uid != 0 { //nolint:forcetypeassert // what unix gives
			return accountOf(owner.Uid, owner.Gid), nil
		}
	}
	for _, name := range unprivileged {
		if u, err := user.Lookup(name); err == nil {
			return accountNamed(u)
		}
	}
	return account{}, errors.New("PostgreSQL does not run as root, and none of the accounts postgres, redress, nobody exists: create one, or run this program as an ordinary user")
}

func accountOf(uid, gid uint32) account {
	if u, err := user.LookupId(strconv.FormatUint(uint64(uid), 10)); err == nil {
		if a, err := accountNamed(u); err == nil {
			return a
		}
	}
	return account{uid: uid, gid: gid, groups: []uint32{gid}, name: strconv.FormatUint(uint64(uid), 10), switched: true}
}

func accountNamed(u *user.User) (account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("account %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("account %s: %w", u.Username, err)
	}
	a := account{uid: uint32(uid), gid: uint32(gid), groups: []uint32{uint32(gid)}, name: u.Username, switched: true}
	return a, nil
}

// attributes start a process as the account, in a process group of its own, so that Ctrl-C in the
// terminal reaches this program only and it can drain before it stops the server.
func (a account) attributes() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	if a.switched {
		attributes.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid, Groups: a.groups}
	}
	return attributes
}

// passage is the mode of a folder that the account only passes through: closed to others when it is
// ours anyway.
func (a account) passage() fs.FileMode {
	if a.switched {
		return 0o711
	}
	return 0o700
}

// own gives path to the account.
func (a account) own(path string) error {
	if !a.switched {
		return nil
	}
	if err := os.Lchown(path, int(a.uid), int(a.gid)); err != nil {
		return fmt.Errorf("give %s to %s: %w", path, a.name, err)
	}
	return nil
}

// ownAll gives a whole tree to the account, if its root isn't the account's already: a folder that
// root copied back from a backup.
func (a account) ownAll(root string) error {
	info, err := os.Stat(root)
	if !a.switched || err != nil || info.Sys().(*syscall.Stat_t).Uid == a.uid {
		return nil //nolint:nilerr // nothing is there yet, so there is nothing to give
	}
	return filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return a.own(path)
	})
}

// reaches says why the account can't get to dir, if it can't: a folder above it, or dir itself, is closed to it.
func (a account) reaches(dir string) error {
	if !a.switched {
		return nil
	}
	if closed := a.closedFolder(dir); closed != "" {
		return fmt.Errorf("PostgreSQL does not run as root, and the account %s can't enter %s: choose a data folder it can reach (REDRESS_DATA), or run this program as an ordinary user", a.name, closed)
	}
	return nil
}

// closedFolder returns the first existing folder on the way to dir, or dir itself, that the account can't pass.
func (a account) closedFolder(dir string) string {
	real, missing := dir, ""
	for {
		resolved, err := filepath.EvalSymlinks(real)
		if err == nil {
			real = resolved
			break
		}
		missing = filepath.Join(filepath.Base(real), missing)
		parent := filepath.Dir(real)
		if parent == real {
			break
		}
		real = parent
	}
	var way []string
	for at := real; ; at = filepath.Dir(at) {
		way = append(way, at)
		if at == filepath.Dir(at) {
			break
		}
	}
	slices.Reverse(way)
	for _, at := range way {
		if info, err := os.Stat(at); err != nil || !a.passes(info) {
			return at
		}
	}
	return ""
}

// passes reads the permission bits as the kernel would for the account.
func (a account) passes(info fs.FileInfo) bool {
	owner := info.Sys().(*syscall.Stat_t) //nolint:forcetypeassert // what unix gives
	switch mode := info.Mode().Perm(); {
	case owner.Uid == a.uid:
		return mode&0o100 != 0
	case slices.Contains(a.groups, owner.Gid):
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}
