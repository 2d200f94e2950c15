//go:build unix

package local

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func asRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root meets this")
	}
}

func owner(t *testing.T, path string) uint32 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Uid //nolint:forcetypeassert // what unix gives
}

func nobody(t *testing.T) account {
	t.Helper()
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	a, err := accountNamed(u)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestRootRunsTheServerAsAnother(t *testing.T) {
	t.Parallel()
	asRoot(t)
	s := start(t, folder(t))
	for _, path := range []string{s.files.cluster(), s.files.socket()} {
		if uid := owner(t, path); uid == 0 || uid != s.account.uid {
			t.Errorf("%s belongs to %d", path, uid)
		}
	}
	if owner(t, s.files.dir) != 0 {
		t.Error("the server could replace the files that root writes")
	}
}

func TestOwnerOfAnExistingClusterIsKept(t *testing.T) {
	t.Parallel()
	asRoot(t)
	dir := folder(t)
	s := start(t, dir)
	stop(t, s)
	a := nobody(t)
	if a.uid == s.account.uid {
		t.Skip("nobody is whom it ran as")
	}
	if err := a.ownAll(s.files.cluster()); err != nil {
		t.Fatal(err)
	}
	s = start(t, dir)
	if s.account.uid != a.uid || owner(t, s.files.pidfile()) != a.uid {
		t.Errorf("runs as %d, want %d", s.account.uid, a.uid)
	}
}

func TestClusterCopiedByRootIsGivenBack(t *testing.T) {
	t.Parallel()
	asRoot(t)
	dir := folder(t)
	s := start(t, dir)
	stop(t, s)
	root := account{switched: true, name: "root"}
	if err := root.ownAll(s.files.cluster()); err != nil {
		t.Fatal(err)
	}
	if owner(t, filepath.Join(s.files.cluster(), "base")) != 0 {
		t.Fatal("not copied")
	}
	start(t, dir)
}

func TestClosedParentIsNamed(t *testing.T) {
	t.Parallel()
	asRoot(t)
	closed := filepath.Dir(folder(t))
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Dir: filepath.Join(closed, "data"), NoSync: true})
	if err == nil || !strings.Contains(err.Error(), "can't enter "+closed) {
		t.Errorf("error is %v", err)
	}
}

func TestDataDirMovesAwayFromAClosedParent(t *testing.T) {
	t.Parallel()
	asRoot(t)
	closed, fallback := filepath.Dir(folder(t)), folder(t)
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	requested := filepath.Join(closed, "data")
	dir, moved, err := dataDir(requested, fallback)
	if err != nil || !moved || dir != fallback {
		t.Fatalf("%s, %v, %v", dir, moved, err)
	}
	if _, err := os.Stat(requested); err == nil {
		t.Error("the closed folder was made all the same")
	}
	start(t, dir)

	if err := os.Chmod(closed, 0o711); err != nil {
		t.Fatal(err)
	}
	dir, moved, err = dataDir(requested, fallback)
	if err != nil || moved || dir != requested {
		t.Fatalf("%s, %v, %v", dir, moved, err)
	}
	start(t, dir)
}

func TestSymlinkOnTheWayIsFollowed(t *testing.T) {
	t.Parallel()
	asRoot(t)
	base := filepath.Dir(folder(t))
	closed := filepath.Join(base, "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(base, "link")
	if err := os.Symlink(closed, link); err != nil {
		t.Fatal(err)
	}
	if got := nobody(t).closedFolder(filepath.Join(link, "data")); got != closed {
		t.Errorf("closed is %q", got)
	}
}

func TestOrdinaryUserRunsItsOwnServer(t *testing.T) {
	t.Parallel()
	asRoot(t) // otherwise every other test is this one
	a := nobody(t)
	base := filepath.Dir(folder(t))
	if err := os.Chown(base, int(a.uid), int(a.gid)); err != nil {
		t.Fatal(err)
	}
	// The test binary lies where only root gets; the user needs a copy. Another
	// process makes it: a file this one has open for writing, if only in a child
	// that is just being forked, can't be run ("text file busy").
	copied := filepath.Join(base, "program")
	if out, err := exec.Command("install", "-m", "755", os.Args[0], copied).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	dir := filepath.Join(base, "data")
	_, server := programAt(t, copied, dir, &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: a.uid, Gid: a.gid}})
	if uid := owner(t, "/proc/"+strconv.Itoa(server)); uid != a.uid {
		t.Errorf("the server runs as %d", uid)
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the data folder is %v, %v", info.Mode(), err)
	}
}
