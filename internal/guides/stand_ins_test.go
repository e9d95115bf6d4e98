package guides

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// standIns are commands of the guides that need not be on the machine: this test's
// own program under another name.
var standIns = map[string]func() int{"conftest": conftest, "notify-on-call": notifyOnCall}

// linkStandIns puts them into a folder of commands.
func linkStandIns(dir string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var problems []error
	for name := range standIns {
		problems = append(problems, os.Symlink(self, filepath.Join(dir, name)))
	}
	return errors.Join(problems...)
}

func notifyOnCall() int {
	fmt.Fprintln(os.Stdout, "somebody is woken")
	return 0
}

// conftest is the program that CONFTEST names, as in `make policy-check`. Without
// one it does not judge: it looks whether it has got a plan and a policy, and
// answers like conftest for a plan that changes a primary.
func conftest() int {
	if program := os.Getenv("CONFTEST"); program != "" {
		cmd := exec.CommandContext(context.Background(), program, os.Args[1:]...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		var exit *exec.ExitError
		switch err := cmd.Run(); {
		case errors.As(err, &exit):
			return exit.ExitCode()
		case err != nil:
			fmt.Fprintln(os.Stderr, err)
			return 127
		}
		return 0
	}
	text, err := io.ReadAll(os.Stdin)
	var plan struct {
		Changes []struct {
			Change struct {
				Before, After struct {
					Primary int64 `json:"primary_token_id"`
				}
			}
		} `json:"resource_changes"`
	}
	if err == nil {
		err = json.Unmarshal(text, &plan)
	}
	if policies, _ := filepath.Glob(os.Args[len(os.Args)-2] + "/*.rego"); err != nil || len(policies) == 0 || len(plan.Changes) == 0 {
		fmt.Fprintln(os.Stderr, "no plan or no policy:", os.Args, err)
		return 127
	}
	for _, one := range plan.Changes {
		if one.Change.Before.Primary != one.Change.After.Primary {
			return 1
		}
	}
	return 0
}
