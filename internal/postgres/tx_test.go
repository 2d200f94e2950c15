package postgres_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"gorm.io/gorm"

	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

// Setting is the row these tests write.
type Setting struct {
	Key       string `gorm:"primaryKey"`
	Value     []byte
	UpdatedAt time.Time
}

type note struct {
	ID int `json:"id"`
}

func (note) Kind() string { return "test.note" }

type single struct {
	ID int `json:"id"`
}

func (single) Kind() string        { return "test.single" }
func (single) UniquePending() bool { return true }

func TestSettingStructMatchesTable(t *testing.T) {
	t.Parallel()
	postgrestest.CheckStruct(t, postgrestest.New(t), &Setting{})
}

func rowsAndJobs(t *testing.T, db *postgres.DB) (rows, jobs int) {
	t.Helper()
	err := db.Pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM setting), (SELECT count(*) FROM river_job)`).Scan(&rows, &jobs)
	if err != nil {
		t.Fatal(err)
	}
	return rows, jobs
}

func writeBoth(ctx context.Context, tx *postgres.Tx, key string) error {
	if err := tx.Create(&Setting{Key: key, Value: []byte("x")}).Error; err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, note{1}, note{2}); err != nil {
		return err
	}
	return tx.Create(&Setting{Key: key + " again", Value: []byte("x")}).Error
}

func TestCommitKeepsRowsAndJobs(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	err := db.InTx(t.Context(), func(tx *postgres.Tx) error { return writeBoth(t.Context(), tx, "a") })
	if err != nil {
		t.Fatal(err)
	}
	if rows, jobs := rowsAndJobs(t, db); rows != 2 || jobs != 2 {
		t.Fatalf("%d rows and %d jobs, want 2 and 2", rows, jobs)
	}
}

func TestRollbackDropsRowsAndJobs(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	sorry := errors.New("sorry")
	for name, end := range map[string]func(context.CancelFunc) error{
		"error":    func(context.CancelFunc) error { return sorry },
		"panic":    func(context.CancelFunc) error { panic(sorry) },
		"canceled": func(cancel context.CancelFunc) error { cancel(); return nil },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		func() {
			defer func() {
				if thrown := recover(); (thrown != nil) != (name == "panic") {
					t.Errorf("%s: recovered %v", name, thrown)
				}
			}()
			err := db.InTx(ctx, func(tx *postgres.Tx) error {
				if err := writeBoth(ctx, tx, "a"); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				return end(cancel)
			})
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		}()
		cancel()
		if rows, jobs := rowsAndJobs(t, db); rows != 0 || jobs != 0 {
			t.Errorf("%s: %d rows and %d jobs are left", name, rows, jobs)
		}
	}
	if busy := db.Pool.Stat().AcquiredConns(); busy != 0 {
		t.Errorf("%d connections were not given back", busy)
	}
}

func TestContextThatEndsMidStatementRollsBack(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err := db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := writeBoth(ctx, tx, "a"); err != nil {
			return err
		}
		return tx.Exec(`SELECT pg_sleep(30)`).Error
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("error is %v", err)
	}
	if rows, jobs := rowsAndJobs(t, db); rows != 0 || jobs != 0 {
		t.Fatalf("%d rows and %d jobs are left", rows, jobs)
	}
}

func TestRiverCannotEndTheTransaction(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	err := db.InTx(t.Context(), func(tx *postgres.Tx) error {
		if tx.Bridge().Commit(t.Context()) == nil || tx.Bridge().Rollback(t.Context()) == nil {
			t.Error("the adapter let itself be ended")
		}
		return errors.New("roll back")
	})
	if err == nil {
		t.Fatal("no error")
	}
}

func TestSavepointInsideTransaction(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	err := db.InTx(t.Context(), func(tx *postgres.Tx) error {
		if err := tx.Create(&Setting{Key: "kept", Value: []byte("x")}).Error; err != nil {
			return err
		}
		_ = tx.Transaction(func(inner *gorm.DB) error {
			return inner.Create(&Setting{Key: "kept", Value: []byte("again")}).Error
		})
		return tx.Enqueue(t.Context(), note{1})
	})
	if err != nil {
		t.Fatal(err)
	}
	if rows, jobs := rowsAndJobs(t, db); rows != 1 || jobs != 1 {
		t.Fatalf("%d rows and %d jobs, want 1 and 1", rows, jobs)
	}
}

func TestUniqueJobWaitsOnce(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	for _, id := range []int{1, 1, 2} {
		if err := db.InTx(t.Context(), func(tx *postgres.Tx) error { return tx.Enqueue(t.Context(), single{id}) }); err != nil {
			t.Fatal(err)
		}
	}
	if _, jobs := rowsAndJobs(t, db); jobs != 2 {
		t.Fatalf("%d jobs, want 2", jobs)
	}
}

func TestConcurrentTransactions(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	done := make(chan error)
	const many = 50
	for i := range many {
		go func() {
			done <- db.InTx(t.Context(), func(tx *postgres.Tx) error {
				return errors.Join(tx.Exec(`INSERT INTO setting (key, value) VALUES (?, 'x')`, strconv.Itoa(i)).Error, tx.Enqueue(t.Context(), note{i}))
			})
		}()
	}
	for range many {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if rows, jobs := rowsAndJobs(t, db); rows != many || jobs != many {
		t.Fatalf("%d rows and %d jobs, want %d", rows, jobs, many)
	}
}
