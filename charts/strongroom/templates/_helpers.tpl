{{/* SPDX-License-Identifier: Apache-2.0 */}}

{{/* Labels that select the pods of a component. Arguments: root, component. */}}
{{- define "strongroom.selectorLabels" -}}
app.kubernetes.io/name: strongroom
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Labels of every object. Arguments: root, component. */}}
{{- define "strongroom.labels" -}}
{{ include "strongroom.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: strongroom
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* Image of a component. Arguments: root, component, override. */}}
{{- define "strongroom.image" -}}
{{- $image := .root.Values.image -}}
{{- .override | default (printf "%s/%s:%s" $image.prefix .component ($image.tag | default .root.Chart.AppVersion)) -}}
{{- end }}

{{/* Host of the installation, under which its own components dial the vault. */}}
{{- define "strongroom.host" -}}
strongroom.{{ .Release.Namespace }}.svc
{{- end }}

{{- define "strongroom.issuer" -}}
{{- .Values.issuer | default (printf "https://%s" (include "strongroom.host" .)) -}}
{{- end }}

{{/* Namespace of the node plugin: it may not be the release's, which holds the keys and admits no privileged pod. */}}
{{- define "strongroom.nodeNamespace" -}}
{{- $name := .Values.nodePlugin.namespace.name -}}
{{- if eq $name .Release.Namespace -}}
{{- fail "nodePlugin.namespace.name must differ from the release's namespace: the node plugin is privileged" -}}
{{- end -}}
{{- $name -}}
{{- end }}

{{/* Placement of a component's pods. Argument: the component's values. */}}
{{- define "strongroom.placement" -}}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "strongroom.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Security context of a container under the Pod Security Standard `restricted`. Argument: the user's id. */}}
{{- define "strongroom.restricted" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/*
Certificates that the vault puts into its ConfigMap. The keys are required: until the vault has written them, kubelet
keeps the pod waiting and tries again, which orders the first installation.
*/}}
{{- define "strongroom.trustVolume" -}}
name: trust
configMap:
  name: strongroom-ca
  items:
    - key: infrastructure-ca.crt
      path: infrastructure-ca.crt
    - key: release-root.crt
      path: release-root.crt
{{- end }}

{{/* Token of the pod's ServiceAccount for the vault, and for nothing else. */}}
{{- define "strongroom.vaultTokenVolume" -}}
name: vault-token
projected:
  sources:
    - serviceAccountToken:
        audience: {{ include "strongroom.issuer" . | quote }}
        expirationSeconds: 3600
        path: token
{{- end }}

{{/* Environment of the process in front of the HSM, and of the step that initialises its token. */}}
{{- define "strongroom.hsmEnv" -}}
- name: STRONGROOM_HSM_MODULE
  value: {{ .Values.hsm.module | quote }}
- name: STRONGROOM_HSM_DATA
  value: /var/lib/strongroom/token
- name: STRONGROOM_HSM_DOMAIN
  value: {{ .Values.hsm.domain }}
# A folder inside the volume: kubelet owns the volume's own folder, and its mode lets everybody in.
- name: STRONGROOM_HSM_SOCKET_DIR
  value: /run/strongroom/hsm
- name: STRONGROOM_HSM_HEALTH_PORT
  value: "8082"
- name: STRONGROOM_LOG_LEVEL
  value: {{ .Values.logLevel }}
{{- end }}

{{/* Egress rule to DNS. */}}
{{- define "strongroom.egressDns" -}}
{{- with .Values.networkPolicy.dnsTo }}
- to:
    {{- toYaml . | nindent 4 }}
  ports:
    - { port: 53, protocol: UDP }
    - { port: 53, protocol: TCP }
{{- end }}
{{- end }}

{{/* Egress rule to the API server. */}}
{{- define "strongroom.egressApiServer" -}}
{{- $policy := .Values.networkPolicy -}}
- to:
    {{- range $policy.apiServer.cidrs }}
    - ipBlock:
        cidr: {{ . | quote }}
    {{- end }}
  ports:
    {{- range $policy.apiServer.ports }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
{{- end }}

{{/* Egress rule to the vault. */}}
{{- define "strongroom.egressVault" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .Release.Namespace }}
      podSelector:
        matchLabels:
          {{- include "strongroom.selectorLabels" (dict "root" . "component" "vault") | nindent 10 }}
  ports:
    - { port: 8443, protocol: TCP }
{{- end }}
