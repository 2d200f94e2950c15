package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// compareExport measures `redress export signatures` against psql's \copy of as many
// columns of the same rows, sealed as they stand, and reports the most memory that
// the export held.
func compareExport(ctx context.Context, s *site, folder string, rounds int, signatures int64) error {
	if err := s.demo(ctx, signatures); err != nil {
		return err
	}
	var most atomic.Int64
	run := 0
	export := func() (float64, error) {
		run++
		file := filepath.Join(folder, "signatures-"+strconv.Itoa(run)+".csv")
		begun := time.Now()
		cmd := s.command(ctx, "export", "signatures", "--issue", "qualified-immunity", "--every-email", "--out", file)
		if err := cmd.Start(); err != nil {
			return 0, err
		}
		stop := make(chan struct{})
		go func() {
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-stop:
					return
				case <-tick.C:
					most.Store(max(most.Load(), residentOf(cmd.Process.Pid)))
				}
			}
		}()
		err := cmd.Wait()
		close(stop)
		took := time.Since(begun)
		if err != nil {
			return 0, fmt.Errorf("export: %w", err)
		}
		rows, err := linesIn(file)
		return float64(rows-1) / took.Seconds(), err
	}
	copied := func() (float64, error) {
		file := filepath.Join(folder, "copied.csv")
		begun := time.Now()
		sql := `\copy (SELECT confirmed_at, given_name, family_name, email, p.zip, state_code, lang, source, origin, show_name, updates_words, created_at ` +
			`FROM signature JOIN signature_person p ON signature_id = id WHERE pledge = 'qualified-immunity' AND state = 'confirmed') TO '` + file + `' CSV HEADER`
		if out, err := exec.CommandContext(ctx, "psql", "-q", "-d", s.database, "-c", sql).CombinedOutput(); err != nil {
			return 0, fmt.Errorf("psql: %w: %s", err, strings.TrimSpace(string(out)))
		}
		took := time.Since(begun)
		rows, err := linesIn(file)
		return float64(rows-1) / took.Seconds(), err
	}
	if err := pair(ctx, rounds, fmt.Sprintf("export of %d signatures as CSV / psql \\copy of as many columns", signatures), "goal >= 0.3", export, copied); err != nil {
		return err
	}
	fmt.Printf("%-78s %d MB (the same for any number of rows)\n", "most memory that the export held", most.Load()>>20)
	return nil
}

// compareCrowd measures the site with many signatures against the same with a
// thousand, in two databases of one server: signing through a checkpoint, the issue
// page, the count.
func compareCrowd(ctx context.Context, few *site, folder string, seconds time.Duration, rounds int, signatures int64) error {
	many, err := few.beside(ctx, folder, "redress_bench_many")
	if err != nil {
		return err
	}
	defer many.stop()
	if err := few.demo(ctx, 1000); err != nil {
		return err
	}
	if err := many.demo(ctx, signatures); err != nil {
		return err
	}
	for _, what := range []struct {
		name, path, goal string
	}{{"issue page", issuePath, "goal >= 0.9"}, {"count.json", issuePath + "/count.json", "goal >= 0.9"}} {
		name := fmt.Sprintf("%s with %d signatures / with 1,000", what.name, signatures)
		err := pair(ctx, rounds, name, what.goal,
			func() (float64, error) { return wrk(ctx, many.url+what.path, "br", seconds) },
			func() (float64, error) { return wrk(ctx, few.url+what.path, "br", seconds) })
		if err != nil {
			return err
		}
	}
	run := 0
	sign := func(s *site) func() (float64, error) {
		return func() (float64, error) {
			run++
			fields, err := extraFields(ctx, s.url+issuePath+"/pledge")
			if err != nil {
				return 0, err
			}
			lua := filepath.Join(folder, "crowd.lua")
			if err := os.WriteFile(lua, fmt.Appendf(nil, signLua, "c"+strconv.Itoa(run)+"t", fields), 0o600); err != nil {
				return 0, err
			}
			checkpoint := exec.CommandContext(ctx, "psql", "-q", "-d", s.database, "-c", "CHECKPOINT")
			if err := checkpoint.Start(); err != nil { // while people sign
				return 0, err
			}
			defer func() { _ = checkpoint.Wait() }() // its failure shows in nothing but the comparison
			return wrkArgs(ctx, seconds, 128, "-s", lua, s.url+issuePath+"/pledge")
		}
	}
	return pair(ctx, rounds, fmt.Sprintf("signing through a checkpoint with %d signatures / with 1,000", signatures), "goal >= 0.65", sign(many), sign(few))
}

// demo loads signatures of nobody and says how fast.
func (s *site) demo(ctx context.Context, n int64) error {
	begun := time.Now()
	cmd := s.command(ctx, "demo", "load", "--issue", "qualified-immunity", "--signatures", strconv.FormatInt(n, 10))
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("demo load: %w", err)
	}
	if n > 1000 {
		fmt.Printf("%-78s %.0f/s\n", fmt.Sprintf("demo load of %d signatures", n), float64(n)/time.Since(begun).Seconds())
	}
	return nil
}

func linesIn(path string) (int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close(); _ = os.Remove(path) }()
	lines, buf := int64(0), make([]byte, 1<<20)
	for {
		n, err := file.Read(buf)
		for _, c := range buf[:n] {
			if c == '\n' {
				lines++
			}
		}
		if err != nil {
			return lines, nil
		}
	}
}
