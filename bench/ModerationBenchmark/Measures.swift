import Foundation

func microseconds(_ duration: Duration) -> String { String(format: "%.1f", duration / .microseconds(1)) }

func milliseconds(_ duration: Duration) -> Int { Int(duration / .milliseconds(1)) }

/// The memory that this process has now.
func residentMegabytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1000
}
