export function monitorCommands() {
  return {};
}
