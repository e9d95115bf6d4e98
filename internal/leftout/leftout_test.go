package leftout_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/leftout"
)

func TestList_countsAndNames(t *testing.T) {
	t.Parallel()
	var list leftout.List
	list.Add("TestOfB", "what nobody has")
	list.Add("TestOfA/part", "actions")
	want := "guides: 2 left out, because Terraform v1 lacks what is needed\n" +
		"  TestOfA/part: needs actions\n  TestOfB: needs what nobody has\nmore\n"

	folder := t.TempDir()
	var printed strings.Builder
	if err := list.Report(&printed, folder, "guides", "Terraform v1", "more\n"); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(filepath.Join(folder, "guides.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if printed.String() != want || string(written) != want {
		t.Errorf("printed:\n%swrote:\n%swant:\n%s", printed.String(), written, want)
	}
}

func TestList_isOnlyPrintedWithoutAFolder(t *testing.T) {
	t.Parallel()
	var list leftout.List
	var printed strings.Builder
	if err := list.Report(&printed, "", "guides", "Terraform v1", ""); err != nil {
		t.Fatal(err)
	}
	if want := "guides: 0 left out, because Terraform v1 lacks what is needed\n"; printed.String() != want {
		t.Errorf("printed:\n%swant:\n%s", printed.String(), want)
	}
}
