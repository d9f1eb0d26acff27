import Testing

@testable import ObjectStorage

@Suite struct XMLElementTests {
    private func read(_ text: String) -> XMLElement? { XMLElement(document: Array(text.utf8)) }

    @Test func anAnswerIsRead() throws {
        let root = try #require(
            read(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <!-- from a store -->
                <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/" note="a > b">
                  <IsTruncated>false</IsTruncated><Prefix/>
                  <Contents><Key>a&amp;b&#x2F;&#50;&lt;&quot;</Key><ETag>&quot;12&quot;</ETag></Contents>
                  <ns:Contents><Key><![CDATA[<raw>&]]></Key></ns:Contents>
                </ListBucketResult>

                """
            )
        )
        #expect(root.name == "ListBucketResult")
        #expect(root["IsTruncated"]?.text == "false")
        #expect(root["Prefix"]?.text == "")
        #expect(root.all("Contents").map { $0["Key"]?.text } == ["a&b/2<\"", "<raw>&"])
        #expect(root.all("Contents").first?["ETag"]?.text == "\"12\"")
        #expect(root["Absent"] == nil)
    }

    @Test(
        arguments: [
            "", "text", "<a>", "<a></b>", "<a><b></a></b>", "<a>&unknown;</a>", "<a>&amp</a>", "<a/><b/>", "<a",
            "<a x=\">",
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", "<a><!-- </a>", "<a>&#xD800;</a>",
        ]
    )
    func whatIsNotWellFormedIsRefused(text: String) { #expect(read(text) == nil) }

    @Test func depthIsBounded() {
        let nested = { (depth: Int) in
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        #expect(read(nested(XMLElement.maxDepth)) != nil)
        #expect(read(nested(XMLElement.maxDepth + 1)) == nil)
    }

    @Test func whatIsEscapedIsReadAgain() {
        let text = "a<b>&\"'&amp;中"
        #expect(read("<k>\(XMLElement.escape(text))</k>")?.text == text)
    }
}
