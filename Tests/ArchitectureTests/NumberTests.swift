import Foundation
import Testing

/// Numbers from outside never meet a conversion that traps, in the cases that can be seen in a line.
@Suite struct NumberTests {
    /// A plain case: what is written, and a line that has it.
    struct Trap: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let pattern: @Sendable () -> Regex<Substring>
        let sample: String
    }

    static let traps = [
        // Nothing but the type, and one pair of parentheses inside another, may stand before what is rounded.
        Trap(
            testDescription: "conversion of a rounded number",
            pattern: { /\bU?Int(?:8|16|32|64)?\((?!saturating:|exactly:)[^\n]*\.rounded\(/ },
            sample: "let left = Int((end * rate).rounded())"
        ),
        Trap(
            testDescription: "conversion of a product or quotient of floating point",
            pattern: { /\bU?Int(?:8|16|32|64)?\((?!saturating:|exactly:|clamping:)[^\n:]*\bDouble\([^\n]*\)/ },
            sample: "let kilobits = Int(Double(bytes * 8) / seconds)"
        ),
        Trap(testDescription: "try!", pattern: { /\btry!/ }, sample: "try! read()"),
        Trap(testDescription: "as!", pattern: { /\bas!/ }, sample: "value as! Int"),
        Trap(testDescription: "forced unwrapping", pattern: { /[\w\])]!(?=[\s.,)\]\[])/ }, sample: "list.first!.name"),
        Trap(
            testDescription: "narrowing of a variable",
            pattern: {
                /\b(?:U?Int(?:8|16)|Int32)\((?:new|width|height|stream|rate|threads|samples|value)\w*(?:\.\w+)?\)/
            },
            sample: "context.width = Int32(width)"
        ),
    ]

    /// Conversions whose argument is bounded in the same line or the ones before, by file.
    private static let bounded: Set = [
        // The picture's orientation was compared with 2...8.
        "Domain/Accounts/Pictures/ExifOrientation.swift: rawValue = UInt8(value)",
        // libav's angle lies between -180 and 180.
        "FFmpeg/StreamInfo.swift: let quarterTurns = Int((angle / 90).rounded())",
        // The connect timeout is a setting.
        "Postgres/ConnectionParameters.swift: let connectSeconds = max(2, Int((Double(configuration.connectTimeout.milliseconds) / 1000).rounded(.up)))",
        // The price of one of our limits.
        "API/Limits/TokenBuckets.swift: private func price(_ cost: Double) -> Int64 { Int64((cost * Double(tokenNanoseconds)).rounded()) }",
        // This machine's clock.
        "Bootstrap/LineLogHandler.swift: let milliseconds = Int64((now - Double(second)) * 1000)",
        // Clamped just before.
        "FFmpeg/Rational.swift: return units.isNaN ? 0 : Int64(min(max(units, -limit), limit))",
        "FFmpeg/Demuxer.swift: \"analyzeduration\": \"\\(Int64(options.analyzeSeconds * Double(AV_TIME_BASE)))\",",
    ]

    private static func lines(_ source: String) -> [Substring] {
        source.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }
    }

    @Test(arguments: traps) func noSourceHasIt(trap: Trap) throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Checkout.root.appending(path: "Sources").path)
        var count = 0
        for target in folders {
            for file in try Checkout.files(of: target) {
                count += 1
                for line in Self.lines(file.source) where line.contains(trap.pattern()) {
                    let place = "\(target)/\(file.name): \(line.drop { $0 == " " })"
                    #expect(Self.bounded.contains(place), "\(trap.testDescription): \(place)")
                }
            }
        }
        #expect(count > 500, "only \(count) files were looked at")
    }

    /// A pattern that finds nothing would find nothing wrong either.
    @Test(arguments: traps) func itIsFound(trap: Trap) {
        #expect(trap.sample.contains(trap.pattern()))
    }

    @Test func everyExceptionIsStillThere() throws {
        for place in Self.bounded {
            let parts = try #require(place.firstRange(of: ": "))
            let path = Checkout.root.appending(path: "Sources/\(place[..<parts.lowerBound])")
            #expect(try String(contentsOf: path, encoding: .utf8).contains(place[parts.upperBound...]), "\(place)")
        }
    }
}
