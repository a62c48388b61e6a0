# SPDX-License-Identifier: Apache-2.0
# The node's TPM 2.0: swtpm as a daemon of the node, with an EK certificate from a CA of our own, and PCRs that a
# made-up firmware measured known values into. More instances are more machines: their own EK, the same CA.
# Its socket: /run/strongroom-tpm/tpm.sock (instance "node"), /run/strongroom-tpm-NAME/tpm.sock (others).
# shellcheck shell=bash

TPM_CA=$CLUSTER_STATE/tpm-ca
NODE_TPM=/var/lib/tpm # the node's path of $NODE_STATE/tpm
MEASURED_PCRS=(0 2 4 7)

tpm_folder() {
  if [[ $1 == node ]]; then echo /run/strongroom-tpm; else echo "/run/strongroom-tpm-$1"; fi
}

tpm_start() {
  local instance=$1 folder
  folder=$(tpm_folder "$instance")
  is_running "tpm-$instance" && return
  [[ -e $NODE_STATE/tpm/$instance/state/tpm2-00.permall ]] || manufacture_tpm "$instance"
  exec_node mkdir -p -m 700 "$folder"
  exec_node rm -f "$folder/tpm.sock" "$folder/tpm.sock.ctrl"
  spawn "tpm-$instance" swtpm socket --tpm2 --tpmstate "dir=$NODE_TPM/$instance/state" \
    --server "type=unixio,path=$folder/tpm.sock" --ctrl "type=unixio,path=$folder/tpm.sock.ctrl" \
    --flags not-need-init,startup-clear
  until_ok 10 "the TPM $instance" exec_node test -S "$folder/tpm.sock.ctrl"
  measure_boot "$instance"
}

tpm_stop() { stop_daemon TERM "tpm-$1"; }

# A stopped TPM forgets its PCRs, as a machine that is switched off does.
tpm_restart() {
  tpm_stop "$1"
  tpm_start "$1"
}

# The same in every run, so that a policy can be written down: SHA-256 of a sentence for each register.
measure_boot() {
  local pcr
  for pcr in "${MEASURED_PCRS[@]}"; do
    tpm_extend "$1" "$pcr" "$(printf 'strongroom e2e firmware, pcr %s' "$pcr" | sha256sum | cut -d' ' -f1)"
  done
}

tpm_extend() { tpm2_command "$1" pcrextend "$2:sha256=$3"; }

# {"sha256":{"0":"hex",…}}
tpm_read() {
  local values
  values=$(tpm2_command "$1" pcrread sha256)
  sed -n 's/^ *\([0-9]*\) *: 0x\([0-9A-F]*\)$/\1 \2/p' <<<"$values" |
    jq -cRn '{sha256: [inputs | split(" ") | {(.[0]): (.[1] | ascii_downcase)}] | add}'
}

tpm_root() { cat "$TPM_CA/swtpm-localca-rootca-cert.pem"; }
tpm_issuer() { cat "$TPM_CA/issuer-cert.pem"; }
tpm_roots() { tpm_root && tpm_issuer; }

# The name that a TPM is enrolled by: SHA-256 of its RSA endorsement key (SubjectPublicKeyInfo).
tpm_device() {
  local key=$NODE_TPM/$1/ek.pem
  tpm2_command "$1" readpublic --quiet --object-context 0x81010001 --format pem --output "$key"
  exec_node openssl pkey -pubin -in "$key" -outform DER | sha256sum | cut -d' ' -f1
}

# swtpm serves one client at a time: this waits until the node plugin has let go of it.
tpm2_command() {
  local tcti
  tcti="swtpm:path=$(tpm_folder "$1")/tpm.sock"
  exec_node timeout 30 "tpm2_$2" --tcti "$tcti" "${@:3}"
}

# manufacture_tpm INSTANCE: endorsement keys and their certificates, as a vendor makes them.
manufacture_tpm() {
  local state=$NODE_STATE/tpm/$1/state
  mkdir -p "$state" "$TPM_CA"
  write_tpm_settings
  swtpm_setup --config "$TPM_CA/setup.conf" --tpm2 --tpmstate "dir://$state" --create-ek-cert --lock-nvram --overwrite \
    >"$CLUSTER_STATE/logs/tpm-$1-setup.log" 2>&1 || die "swtpm_setup failed: see .strongroom/cluster/logs/tpm-$1-setup.log"
}

write_tpm_settings() {
  cat >"$TPM_CA/setup.conf" <<EOT
create_certs_tool = $(command -v swtpm_localca)
create_certs_tool_config = $TPM_CA/localca.conf
create_certs_tool_options = $TPM_CA/localca.options
active_pcr_banks = sha256
EOT
  cat >"$TPM_CA/localca.conf" <<EOT
statedir = $TPM_CA
signingkey = $TPM_CA/signing-key.pem
issuercert = $TPM_CA/issuer-cert.pem
certserial = $TPM_CA/serial
EOT
  cat >"$TPM_CA/localca.options" <<'EOT'
--platform-manufacturer Strongroom
--platform-version 1
--platform-model e2e
EOT
}
