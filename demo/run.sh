#!/usr/bin/env bash
# The main job, on a copy of examples/saas and against the emulator: no account, no key, nothing left behind.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
PATH=$here/.venv/bin:$PATH
unset STRIPE_API_KEY
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -R "$here/examples/saas/." "$folder"
cd "$folder"

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\033[1m' plain=$'\033[0m'; fi

say() { printf '\n%s# %s%s\n' "$bold" "$1" "$plain"; }

# Run a command that is shown. With two numbers: only so many lines of its output, and so many of its end.
run() {
    printf '%s$ %s%s\n' "$bold" "$1" "$plain"
    if [ $# -eq 1 ]; then eval "$1"; return; fi
    eval "$1" > output.txt 2>&1 || { cat output.txt; return 1; }
    head -n "$2" output.txt
    printf '  … %s more lines …\n' "$(($(wc -l < output.txt) - $2 - $3))"
    tail -n "$3" output.txt
}

say 'A SaaS business in YAML: three plans, an add-on with tiers, the customer portal.'
run 'ls *.yaml */*.yaml'

say 'Is it right? Every problem would be shown with file, line and column.'
run 'stripe-portal validate --env test'

say 'What would happen? The account is empty, so everything is created.'
run 'stripe-portal plan --emulator --env test' 10 4

say 'Do it.'
run 'stripe-portal apply --emulator --env test --yes' 1 5

say 'Is Stripe as the YAML says? Nothing is left to do, and there is no state file to keep.'
run 'stripe-portal plan --emulator --env test'

say 'The Team plan becomes dearer: one line in a pull request.'
sed -i.before 's/amount: 29.00 /amount: 35.00 /' catalogue/plans.yaml
run 'diff catalogue/plans.yaml.before catalogue/plans.yaml || true'

say 'A price cannot change in Stripe. The plan replaces it, and what names it follows, in order.'
run 'stripe-portal plan --emulator --env test'

say 'Do it.'
run 'stripe-portal apply --emulator --env test --yes' 1 5

say 'And again nothing is left to do.'
run 'stripe-portal plan --emulator --env test'

printf '\n%sYour own:%s stripe-portal init my-catalogue --example saas\n' "$bold" "$plain"
