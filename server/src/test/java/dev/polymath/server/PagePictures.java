package dev.polymath.server;

import org.junit.jupiter.api.Test;

/**
 * Pictures of the page on a model that somebody serves with an index, {@code -Dpolymath.site=http://localhost:8080/}; the texts
 * suit one that learned the tasks of the acceptance suite. Not among the tests: {@code -Dtest=PagePictures} runs it.
 */
class PagePictures extends OnThePage {
    private static final String TEXT =
            "My new card never came to my flat in Leeds, and Barclays still took the fee. I am really annoyed!";

    @Override
    protected Site site() {
        return new Site() {
            @Override
            public String url() {
                return System.getProperty("polymath.site");
            }

            @Override
            public void close() {
                // It is not this test's.
            }
        };
    }

    @Test
    void everyTab() {
        answered("one", "#text", TEXT);
        page.evaluate("document.activeElement.blur()");
        keep("page.png", true);
        page.click("#tab-compare");
        page.fill("#first", "How do I wear a mask correctly?");
        answered("compare", "#second", "What is the right way to put on a face covering?");
        page.click("h1");
        keep("page-compare.png", true);
        page.click("#tab-search");
        answered("search", "#query", "can my dog catch the virus");
        page.click("h1");
        keep("page-search.png", true);
    }

    @Test
    void onAPhone() {
        openOnAPhone(800);
        go();
        answered("one", "#text", TEXT);
        keep("page-phone.png", false);
    }
}
