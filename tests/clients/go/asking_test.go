package clients

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// need is an environment variable that tests/clients/test_go.py sets.
func need(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: run these tests with pytest -m go", name)
	}
	return value
}

// name is a name of this test's own.
func name(t *testing.T) string { return strings.ToLower(t.Name()) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, found, wanted any) {
	t.Helper()
	if !reflect.DeepEqual(found, wanted) {
		t.Fatalf("%#v, expected %#v", found, wanted)
	}
}

func present(t *testing.T, text string) {
	t.Helper()
	if text == "" {
		t.Fatal("it is empty")
	}
}
